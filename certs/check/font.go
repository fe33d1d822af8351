package check

import _ "embed"

// chineseFont has the characters of GB 2312 and Big5 level 1 (2.1 MB), for labels and
// names that the Go fonts cannot show. Licence: fonts/LICENSE (SIL Open Font License).
//
//go:embed fonts/NotoSansCJKsc-subset.otf
var chineseFont []byte
