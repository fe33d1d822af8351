package understand

// inOrder: "is my CSR ok?"
var inOrder = lazy(`\b(?:ok|okay|valid|correct|right|fine|good|alright|complete|in order)\b\W*$|(?:对|正确|可以|有问题|没问题|完整|有效)(?:吗|么|不)`)

// sentAway: whoever wanted something was told to ask for it.
var sentAway = lazy(`\b(?:told|asked) (?:him|her|them)\b|\b(?:he|she|they)(?:'ll| will| should| can) (?:open|raise|file|send|ask)\b|(?:让|叫|请)(?:他|她|他们)(?:自己)?(?:来|去|提|申请|开|找)`)

// nowTrouble: "I renewed it, now ...".
var nowTrouble = lazy(`[,;] *(?:and |but )?now\b|，?(?:现在|结果)`)

// logLine: printed by a program: time stamps, key="value" pairs, SIP messages, codes.
var logLine = lazy(`^\W*(?:\d{4}[-/]\d\d[-/]\d\d[t ]\d\d:\d\d|[a-z]{3} +\d{1,2} (?:\d{4} )?\d\d:\d\d:\d\d)|\b(?:module|level|event|threadid|utctime|codelocation|appid|nodeid|reason|src-ip|dst-ip)=|\bsip/2\.0\b|\(0x[0-9a-f]{6,}\)|%[a-z_]+-\d-|^\s*(?:not before|not after): `)
