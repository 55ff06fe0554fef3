-- refuse 2: @end without @only, or inside a statement
@end
