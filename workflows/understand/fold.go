package understand

import (
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"
)

// fold makes the text that words are looked up in: lower case, Traditional
// characters as Simplified ones. It keeps every byte offset, so a letter whose
// lower case has another length stays as it is.
func fold(b []byte) []byte {
	out := make([]byte, len(b))
	copy(out, b)
	for i := 0; i < len(out); {
		c := out[i]
		if c < utf8.RuneSelf {
			if c >= 'A' && c <= 'Z' {
				out[i] = c + 'a' - 'A'
			}
			i++
			continue
		}
		r, n := utf8.DecodeRune(out[i:])
		m := foldRune(r)
		if m != r && utf8.RuneLen(m) == n {
			utf8.EncodeRune(out[i:], m)
		}
		i += n
	}
	return out
}

func foldRune(r rune) rune {
	if r >= 0x4E00 && r <= 0x9FFF {
		if s, ok := simplified()[r]; ok {
			return s
		}
		return r
	}
	return unicode.ToLower(r)
}

// hanPairs: Traditional (and Taiwan variant) forms, each followed by its Simplified
// form, for the characters that certificate talk and everyday requests use. Words
// that differ by more than script (憑證, 伺服器, 叢集) are in the lexicon.
const hanPairs = `證证憑凭簽签請请書书網网頁页機机關关閉闭開开啟启發发報报錯错誤误過过續续約约換换舊旧產产電电話话語语組组織织單单門门國国區区縣县鄉乡鎮镇東东臺台灣湾務务節节點点叢丛稱称為为個个張张們们這这裡里裏里嗎吗` +
	`麼么麽么還还沒没無无會会議议訊讯視视頻频統统級级認认証证驗验測测試试實实環环預预備备註注冊册處处應应該该寫写錄录設设檢检狀状態态進进審审準准據据號号碼码長长鑰钥鍵键鏈链鎖锁對对嚴严離离線线連连結结繫系` +
	`係系傳传輸输協协聯联絡络總总經经現现場场內内從从來来變变動动轉转讓让給给幫帮煩烦謝谢歡欢勞劳駕驾拜托託托選选擇择項项參参數数庫库資资訂订閱阅廣广華华龍龙馬马鳥鸟魚鱼風风雲云飛飞時时間间週周禮礼歲岁歷历` +
	`曆历緊紧優优質质標标規规則则範范圍围權权與与將将並并併并僅仅儘尽盡尽體体畫画劃划筆笔記记計计論论講讲說说調调談谈讀读識识詢询問问題题類类顯显頭头顧顾顆颗領领頂顶順顺須须願愿響响導导適适達达違违遠远運运` +
	`邊边遞递遺遗郵邮鄰邻釋释鍾钟鐘钟鋼钢錢钱鋪铺銷销銀银鐵铁陳陈陸陆陽阳陰阴階阶際际隨随險险隱隐難难雖虽雙双雜杂雞鸡靈灵靜静額额養养餘余館馆駐驻驅驱騰腾騎骑骯肮髒脏鬆松鬥斗麗丽黃黄黨党齊齐齒齿齡龄專专尋寻` +
	`層层屬属歸归帶带幣币幾几廠厂廢废廳厅強强彈弹後后徑径復复徵征懷怀戶户戰战戲戏擁拥擊击擔担擴扩擺摆擾扰攔拦攜携敗败敵敌斷断於于昇升晉晋暫暂曉晓條条極极構构樓楼樣样樹树橋桥檔档櫃柜歐欧殘残殺杀氣气決决淨净` +
	`減减溫温滅灭滾滚滿满漢汉潔洁濟济濾滤煙烟熱热燈灯營营爭争爺爷牆墙獨独獲获獻献瑪玛瓊琼畢毕異异當当療疗癢痒盜盗盤盘監监眾众礎础確确磚砖禍祸種种積积穩稳窮穷競竞築筑篩筛簡简籃篮糧粮紀纪紅红納纳純纯紙纸紛纷` +
	`細细終终絕绝綁绑維维綱纲緒绪締缔編编緩缓緣缘縮缩繞绕繪绘纖纤罰罚罷罢羅罗義义習习聞闻聰聪聲声職职聽听肅肃腦脑腳脚臨临舉举艙舱艱艰藝艺藥药蘇苏蘭兰虛虚虧亏蟲虫術术衛卫補补裝装製制複复覺觉覽览觀观觸触訓训` +
	`訪访許许訴诉診诊評评詞词詳详誠诚誰谁課课諾诺譯译護护豐丰貓猫貝贝負负財财貨货販贩貴贵買买費费貼贴賓宾賬账賴赖購购贈赠贊赞趕赶趙赵跡迹蹤踪軟软軸轴較较載载輔辅輕轻輪轮輯辑辦办辭辞農农遲迟邏逻鄭郑醫医釘钉` +
	`針针銘铭鋒锋錦锦鍋锅鏡镜鑑鉴閃闪閒闲閥阀闆板閩闽闊阔隊队隻只霧雾韓韩韻韵頒颁顏颜飄飘飯饭飲饮驚惊鬧闹鮮鲜鴻鸿鵬鹏鹽盐麥麦剛刚創创劑剂勝胜勢势勵励匯汇厭厌吳吴員员呂吕喚唤嘗尝嘜唛圓圆團团堅坚塊块壓压壞坏` +
	`壽寿夢梦夠够奪夺奮奋婦妇媽妈孫孙學学寧宁寶宝寬宽島岛崗岗嶺岭師师惡恶愛爱慣惯慮虑憂忧戀恋損损搶抢摯挚撥拨擋挡採采揮挥攝摄暢畅桿杆檯台殼壳毀毁洩泄淺浅湊凑漲涨濕湿瀏浏濱滨灘滩災灾烏乌爐炉犧牺狹狭猶犹礙碍` +
	`祕秘禦御稅税窩窝箇个籌筹糾纠紹绍絲丝綠绿緯纬縱纵績绩繳缴罵骂脈脉膚肤臉脸舖铺薦荐藍蓝蘋苹衝冲誌志諒谅諮咨謀谋謹谨豈岂貿贸賀贺賠赔賣卖賭赌躍跃車车軌轨軍军輛辆迴回遊游遙遥遷迁醜丑釐厘鈕钮鈔钞銅铜鍊链鎚锤` +
	`鏽锈鑽钻閣阁闖闯闡阐陣阵雛雏飾饰餅饼駁驳騙骗魯鲁鳳凤龜龟兩两佈布佔占俠侠侶侣倉仓倆俩倫伦偉伟側侧偵侦傑杰傢家債债傷伤傾倾僑侨僕仆僱雇價价億亿儀仪儲储兇凶兌兑兒儿劇剧劉刘劍剑勁劲勸劝啓启噸吨囑嘱圖图執执` +
	`塵尘墊垫墜坠奧奥妝妆姍姗娛娱嬰婴尷尴屆届嶄崭嶼屿巔巅幹干廚厨廟庙彌弥彙汇徹彻恆恒悅悦悶闷惱恼慘惨慶庆憐怜憤愤憶忆掃扫掛挂揚扬搖摇撐撑擬拟擠挤擱搁暈晕曬晒朮术棄弃楊杨業业榮荣槍枪樞枢橫横櫻樱欄栏歎叹殯殡` +
	`毆殴汙污沖冲況况湯汤溝沟滬沪澤泽濃浓瀋沈爛烂牽牵獎奖玆兹畝亩疊叠痺痹皺皱盃杯睏困矯矫禪禅稜棱穀谷竄窜竊窃麵面齣出龐庞`

// simplified is hanPairs as a map, built on first use.
var simplified = sync.OnceValue(func() map[rune]rune {
	m := make(map[rune]rune, len(hanPairs)/6)
	runes := []rune(hanPairs)
	for i := 0; i+1 < len(runes); i += 2 {
		if runes[i] != runes[i+1] {
			m[runes[i]] = runes[i+1]
		}
	}
	return m
})

// han reports whether r is written without spaces between words.
func han(r rune) bool {
	return r >= 0x3005 && r <= 0x30FF || r >= 0x3400 && r <= 0x9FFF || r >= 0xAC00 && r <= 0xD7A3 || r >= 0xF900 && r <= 0xFAFF
}

// lower is strings.ToLower for names: what ToLower would lengthen it keeps, as fold
// does, so that names stay findable in the text.
func lower(s string) string {
	return strings.Map(func(r rune) rune {
		l := unicode.ToLower(r)
		if utf8.RuneLen(l) != utf8.RuneLen(r) {
			return r
		}
		return l
	}, s)
}
