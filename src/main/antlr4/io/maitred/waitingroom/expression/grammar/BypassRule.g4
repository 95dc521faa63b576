// The language of bypass rules. What the grammar lets pass is checked afterwards: that fields and
// functions exist, types fit, numbers and addresses are in range.
grammar BypassRule;

expression : disjunction EOF ;

disjunction : exclusion (OR exclusion)* ;

exclusion : conjunction (XOR conjunction)* ;

conjunction : negation (AND negation)* ;

negation
  : NOT negation                      # not
  | LPAREN disjunction RPAREN         # group
  | comparison                        # plain
  ;

comparison
  : operand
    ( ordering literal
    | text TEXT
    | IN (set | LIST)
    )?
  ;

ordering : EQ | NE | LT | LE | GT | GE ;

text : CONTAINS | MATCHES | STRICT? WILDCARD ;

operand
  : TRUE
  | FALSE
  | NAME (LPAREN (argument (COMMA argument)*)? RPAREN)? index*
  ;

argument : comparison | TEXT | INTEGER ;

index : LBRACKET (TEXT | INTEGER | STAR) RBRACKET ;

literal : TEXT | INTEGER | ADDRESS | TRUE | FALSE ;

set : LBRACE item+ RBRACE ;

item
  : TEXT
  | INTEGER (RANGE INTEGER)?
  | ADDRESS (RANGE ADDRESS)?
  ;

OR : 'or' | '||' ;
XOR : 'xor' | '^^' ;
AND : 'and' | '&&' ;
NOT : 'not' | '!' ;
EQ : 'eq' | '==' ;
NE : 'ne' | '!=' ;
LT : 'lt' | '<' ;
LE : 'le' | '<=' ;
GT : 'gt' | '>' ;
GE : 'ge' | '>=' ;
CONTAINS : 'contains' ;
MATCHES : 'matches' | '~' ;
STRICT : 'strict' ;
WILDCARD : 'wildcard' ;
IN : 'in' ;
TRUE : 'true' ;
FALSE : 'false' ;
LPAREN : '(' ;
RPAREN : ')' ;
LBRACKET : '[' ;
RBRACKET : ']' ;
LBRACE : '{' ;
RBRACE : '}' ;
COMMA : ',' ;
STAR : '*' ;
RANGE : '..' ;

TEXT
  : '"' (~["\\] | '\\' .)* '"'
  | 'r"' ~["]* '"'
  | 'r#"' .*? '"#'
  | 'r##"' .*? '"##'
  ;

LIST : '$' [a-zA-Z_] [a-zA-Z0-9_.]* ;

NAME : [a-zA-Z_] [a-zA-Z0-9_]* ('.' [a-zA-Z0-9_]+)* ;

INTEGER : '-'? [0-9]+ ;

// the longest match wins, so numbers, ranges and names are not taken for addresses
ADDRESS
  : QUAD BITS?
  | HEX* ':' HEX* ':' [0-9a-fA-F:]* QUAD? BITS?
  ;

BLANK : [ \t\r\n]+ -> skip ;

// so that the parser tells about it, with its position
UNKNOWN : . ;

fragment QUAD : [0-9]+ '.' [0-9]+ '.' [0-9]+ '.' [0-9]+ ;
fragment BITS : '/' [0-9]+ ;
fragment HEX : [0-9a-fA-F] ;
