-- refuse 2: ";" without a statement
;
