package language

// thanks: nothing is wanted.
var thanks = lazy(`(?i)^\W*(?:thanks?(?: you)?(?: (?:very|so) much| a lot)?|thx|ty|cheers|great|perfect|nice|cool|ok(?:ay)?|got it|danke|merci|gracias|谢谢|謝謝|多谢|多謝|感谢|感謝|好的?|收到|明白了?|辛苦了)\W*$|^(?:\W|:[a-z0-9_+-]+:)+$`)

// Thanks reports that a text thanks or agrees and wants nothing.
func Thanks(text string) bool { return thanks.MatchString(text) }
