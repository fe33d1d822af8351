package workflows

import (
	"regexp"
	"strings"
)

// bareWords are the words of /cert, typed without it and alone, with what answers them;
// "new" starts a request.
var bareWords = map[string]string{
	"list": "list", "status": "list", "列表": "list", "状态": "list", "狀態": "list",
	"help": "help", "帮助": "help", "幫助": "help", "diagnose": "help", "诊断": "help", "診斷": "help",
	"inspect": "inspect_how", "检查": "inspect_how", "檢查": "inspect_how",
	"new": "new", "新建": "new", "申请": "new", "申請": "new",
}

func bareWord(text string) string {
	return bareWords[strings.ToLower(strings.Trim(text, " .!。！\n"))]
}

// thanks: nothing is wanted.
var thanks = regexp.MustCompile(`(?i)^\W*(?:thanks?(?: you)?(?: (?:very|so) much| a lot)?|thx|ty|cheers|great|perfect|nice|cool|ok(?:ay)?|got it|danke|merci|gracias|谢谢|謝謝|多谢|多謝|感谢|感謝|好的?|收到|明白了?|辛苦了)\W*$|^(?:\W|:[a-z0-9_+-]+:)+$`)
