package language

import "strings"

// slashWords are the words of /cert.
var slashWords = map[string]string{
	"new": "new", "request": "new", "申请": "new", "申請": "new", "新建": "new",
	"list": "list", "列表": "list", "清單": "list",
	"show": "show", "查看": "show", "檢視": "show",
	"renew": "renew", "续订": "renew", "續訂": "renew", "更新": "renew",
	"diagnose": "diagnose", "诊断": "diagnose", "診斷": "diagnose",
	"inspect": "inspect", "检查": "inspect", "檢查": "inspect",
}

// ReadSlash says which command a word after /cert is: new, list, show, renew,
// diagnose, inspect; "" for any other.
func ReadSlash(word string) string { return slashWords[strings.ToLower(word)] }

// bareSlashWords are the words of /cert as they are typed without it and alone, with
// what they then ask for: a bare "diagnose" brings nothing to diagnose.
var bareSlashWords = map[string]string{
	"list": "list", "status": "list", "列表": "list", "状态": "list", "狀態": "list",
	"help": "help", "帮助": "help", "幫助": "help", "diagnose": "help", "诊断": "help", "診斷": "help",
	"inspect": "inspect", "检查": "inspect", "檢查": "inspect",
	"new": "new", "新建": "new", "申请": "new", "申請": "new",
}

// ReadBareSlash takes a text that is a word of /cert and nothing else: list, help,
// inspect, new; "" for anything else.
func ReadBareSlash(text string) string {
	return bareSlashWords[strings.ToLower(strings.Trim(text, " .!。！\n"))]
}
