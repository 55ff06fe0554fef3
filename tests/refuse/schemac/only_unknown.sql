-- refuse 2: unknown word "@only"
@only(mysql)
@end
