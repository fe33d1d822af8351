package triage

import (
	"strings"
	"unicode/utf8"
)

// People report in the language of their screen. The words of the trade in the
// languages that the knowledge base has no wordings in are read as the English ones,
// so that what it knows in English is met in them too: "la clave privada no
// corresponde con el certificado" is also read as "la private key does not match con
// el certificate". Only words that English has no other use for are listed.
//
// A line is the English words, then what stands for them; a star stands for any
// ending. Longer ones win.
const tongues = `
certificate: zertifikat* serverzertifikat* certificat certificats certificado certificados certificato certificati certificaat certificaten certyfikat* certifikat* sertifika* tanusitvany* сертификат* сертифікат* 証明書 인증서
certificate chain: zertifikatskette* zertifikatkette* chaine_de_certificats chaine_de_certification cadena_de_certificados cadena_de_certificacion catena_di_certificati catena_dei_certificati cadeia_de_certificados lancuch_certyfikatow certificaatketen цепочк*_сертификатов 証明書チェーン 인증서_체인
intermediate certificate: zwischenzertifikat* tussencertificaat* 中間証明書 중간_인증서
intermediate: intermediaire intermediaires intermedio intermedia intermedios intermediario intermediarios intermedi posredni* tussenliggend* промежуточн*
root certificate: stammzertifikat* wurzelzertifikat* certificat_racine certificado_raiz certificato_radice stamcertificaat* корневой_сертификат корневого_сертификата корневым_сертификатом ルート証明書 루트_인증서
private key: privater_schlussel privaten_schlussel privatem_schlussel private_schlussel privatschlussel* cle_privee clave_privada llave_privada chave_privada chiave_privata klucz_prywatny klucza_prywatnego prive_sleutel privesleutel ozel_anahtar* закрыт*_ключ* приватн*_ключ* секретн*_ключ* 秘密鍵 개인_키 개인키 비공개_키
public key: offentlich*_schlussel cle_publique clave_publica llave_publica chave_publica chiave_pubblica открыт*_ключ* 公開鍵 공개_키
expired: abgelaufen* a_expire est_expire est_perime perime caducado caduco caducada vencido vencio vencida venceu expirado expirada expirou scaduto scaduta scaduti wygasl* verlopen suresi_doldu suresi_dolmus истек срок_действия_истек истекло истекший истекшим просрочен* 期限切れ 期限が切れ 有効期限が切れ 만료되었 만료된 만료됨 기한이_만료
expires in: lauft_in lauft_bald_ab lauft_demnachst_ab expire_dans expire_bientot vence_en caduca_en expira_em expira_en scade_tra scade_fra истекает_через wygasa_za verloopt_over 곧_만료 まもなく期限
days: tagen jours giorni дней dagen
not yet valid: noch_nicht_gultig pas_encore_valide aun_no_es_valido todavia_no_es_valido aun_no_valido non_ancora_valido non_e_ancora_valido ainda_nao_e_valido ainda_nao_valido ainda_nao_esta_valido еще_не_действител* еще_не_вступил* jeszcze_niewazn* nog_niet_geldig henuz_gecerli_degil まだ有効で 아직_유효하지
untrusted: nicht_vertrauenswurdig* nicht_vertraut nicht_als_vertrauenswurdig non_approuve non_approuvee pas_approuve pas_approuvee nest_pas_fiable pas_digne_de_confiance no_es_de_confianza no_confiable no_de_confianza non_attendibile non_e_attendibile non_affidabile nao_confiavel nao_e_confiavel nao_e_de_confianca не_доверен* недоверен* ненадежн* не_является_доверенн* нет_доверия niezaufan* niet_vertrouwd* guvenilmeyen guvenilir_degil 信頼できない 信頼できません 信頼されていない 信頼されていません 信頼されない 신뢰할_수_없 신뢰되지_않
does not trust: vertraut_nicht ne_fait_pas_confiance no_confia_en non_si_fida nao_confia не_доверяет nie_ufa vertrouwt_niet
unknown: unbekannt* inconnu inconnue desconocid* sconosciut* desconhecid* неизвестн* невідом* nieznan* onbekend* bilinmeyen okand* neznam* 不明な 알_수_없는
certificate authority: zertifizierungsstelle* autorite_de_certification autoridad_de_certificacion autoridad_certificadora autoridades_de_certificacion entidad_de_certificacion entidad_emisora autoridade_de_certificacao autoridade_certificadora autoridades_de_certificacao autorita_di_certificazione autorita_di_certificazioni urzad_certyfikacji urzedu_certyfikacji certificeringsinstantie* sertifika_yetkilisi sertifika_otoritesi удостоверяющ*_центр* центр*_сертификации 認証局 인증_기관 인증기관
issuer: aussteller* emetteur emisor emissor emittente издател* wystawc* 発行者 発行元 발급자
signed: signiert* unterzeichnet firmado firmada firmato firmata assinado assinada подписан* podpisan* ondertekend imzalanmis 署名された 서명된
issued: ausgestellt* emitido emitida emesso emessa rilasciato rilasciata выдан выданный выданного выпущен* wystawion* uitgegeven 発行された 발급된
self signed: selbstsigniert* selbst_signiert* selbst_ausgestellt* auto_signe auto_signee autosigne autosignee autofirmad* autofirmat* auto_assinad* autoassinad* самоподписан* самозавер* zelfondertekend* samopodpisan* z_podpisem_wlasnym kendinden_imzali 自己署名 オレオレ証明書 자체_서명 자체서명
hostname: rechnername* nom_dhote nom_de_domaine nom_du_serveur nom_de_serveur nombre_de_host nombre_del_host nombre_del_servidor nombre_de_servidor nombre_de_dominio nome_host nome_do_host nome_del_server nome_do_servidor nome_de_dominio nome_di_dominio nazwa_hosta nazwa_serwera hostnaam servernaam domeinnaam sunucu_adi имя_хоста имени_хоста имя_узла имя_сервера имени_сервера доменное_имя ホスト名 サーバー名 サーバ名 ドメイン名 호스트_이름 호스트명 서버_이름 도메인_이름
name: namen nombre nome nazwa naam имя имени
does not match: stimmt_nicht_mit stimmt_nicht_uberein stimmt_nicht stimmen_nicht passt_nicht_zu passt_nicht passen_nicht ne_correspond_pas ne_correspondent_pas no_coincide no_coinciden no_corresponde no_corresponden no_se_corresponde non_corrisponde non_corrispondono nao_corresponde nao_correspondem nao_coincide nao_confere не_совпада* не_соответств* не_подходит nie_pasuje nie_zgadza_sie komt_niet_overeen komen_niet_overeen eslesmiyor uyusmuyor 一致しません 一致しない 一致していない 一致しておらず 일치하지
revoked: widerrufen* revoque revoquee revocado revocada revogado revogada revocato revocata отозван* uniewaznion* ingetrokken iptal_edilmis 失効した 失効して 해지된 해지되 폐기된
revocation: widerruf sperrprufung revocacion revogacao отзыва отозванн* odwolan*
revocation check: sperrstatus sperrlistenprufung verification_de_revocation comprobacion_de_revocacion verifica_della_revoca verificacao_de_revogacao проверк*_отзыва 失効確認 失効チェック 해지_확인
unreachable: nicht_erreichbar injoignable fuera_de_linea sin_conexion no_disponible hors_connexion hors_ligne nao_disponivel indisponivel non_raggiungibile недоступ* nieosiagaln* onbereikbaar erisilemiyor 到達できません 接続できません 연결할_수_없
missing: fehlt fehlen fehlend* manquant manquante manquants il_manque falta faltan faltando ausente manca mancante mancanti отсутству* brakuje ontbreek* eksik 不足して 누락
not installed: nicht_installiert pas_installe pas_installes no_esta_instalado non_installato nao_instalado nao_esta_instalado не_установлен* niet_geinstalleerd インストールされていない インストールされていません 설치되지_않 설치되어_있지
not included: nicht_enthalten nest_pas_inclus no_esta_incluido no_incluye non_incluso non_contiene nao_inclui nao_contem не_содержит не_включен* 含まれていない 含まれていません 포함되지_않 포함되어_있지
is not in the: ist_nicht_im ist_nicht_in_der nicht_im nest_pas_dans no_esta_en no_figura_en non_e_nel non_presente_nel nao_esta_no nao_esta_na не_находится_в нет_в
trust store: zertifikatspeicher* zertifikatsspeicher* vertrauensspeicher* magasin_de_certificats magasin_de_confiance almacen_de_certificados almacen_de_confianza archivio_certificati repositorio_de_certificados repositorio_de_autoridades armazenamento_de_certificados хранилищ*_сертификатов хранилищ*_доверенных magazyn_certyfikatow certificaatarchief 証明書ストア 信頼ストア 인증서_저장소
connection refused: verbindung_abgelehnt verbindung_verweigert verbindung_wurde_abgelehnt verbindung_wurde_verweigert connexion_refusee conexion_rechazada conexion_rehusada conexion_denegada connessione_rifiutata conexao_recusada в_соединении_отказано отказано_в_соединении соединение_отклонено в_подключении_отказано polaczenie_odrzucone odmowa_polaczenia verbinding_geweigerd baglanti_reddedildi 接続が拒否 接続を拒否 接続拒否 연결이_거부 연결_거부 연결을_거부
timed out: zeituberschreitung* delai_dattente_depasse delai_dattente_a_expire delai_depasse tiempo_de_espera_agotado se_agoto_el_tiempo tempo_scaduto tempo_esgotado tempo_limite_excedido время_ожидания_истекло превышено_время_ожидания истекло_время_ожидания тайм_аут таймаут przekroczono_limit_czasu zaman_asimi タイムアウト 시간_초과 시간이_초과
could not resolve host: konnte_nicht_aufgelost nicht_aufgelost namensauflosung impossible_de_resoudre hote_inconnu nom_ou_service_inconnu no_se_pudo_resolver no_se_puede_resolver nombre_o_servicio_desconocido impossibile_risolvere nao_foi_possivel_resolver не_удалось_разрешить не_удается_разрешить nie_mozna_rozwiazac 名前解決 名前を解決できま 호스트를_찾을_수_없
no such host: unbekannter_host host_desconocido host_sconosciuto host_desconhecido неизвестный_хост неизвестный_узел
password: passwort* kennwort* mot_de_passe contrasena senha пароль пароля паролем haslo wachtwoord sifre パスワード 비밀번호 암호가
wrong: falsch* incorrecte incorrecta incorrecto errato sbagliat* incorreta incorreto неверн* неправильн* nieprawidlow* bledn* onjuist* verkeerd* yanlis 間違っ 正しくない 正しくありません 잘못된 틀렸
invalid: ungultig* no_es_valido no_valido non_valido nao_e_valido invalido invalida недействител* недопустим* niewazn* ongeldig* gecersiz 無効な 無効です 유효하지_않
failed: fehlgeschlagen schlagt_fehl gescheitert echoue echec fallo fallado fallido falha falhou non_riuscito non_riuscita fallito fallita сбой не_удалось niepowodzenie nie_powiodl* mislukt* basarisiz 失敗しました 실패
cannot: kann_nicht konnen_nicht konnte_nicht ne_peut_pas impossible_de no_se_puede no_se_pudo no_puede non_puo impossibile nao_e_possivel nao_foi_possivel nao_pode не_удается не_может невозможно nie_mozna kan_niet できません できない 할_수_없
error: fehler fehlermeldung erreur errore erro ошибка ошибки ошибку blad fout hata エラー 오류
verification: uberprufung verificacion verificacao проверка проверки проверку weryfikac* 検証
renewed: erneuert* erneuerung zertifikatserneuerung renouvele renouvellement renovado renovada renovacion renovacao rinnovat* rinnovo обновил* обновлен* продлил* продлен* перевыпу* odnowi* vernieuwd* yenilen* 갱신
restarted: neu_gestartet neustart redemarre redemarrage reinicio reiniciado reiniciar riavvio riavviato перезапу* перезагру* 再起動 재시작
upload: hochladen hochgeladen televers* подгруз* загруз* アップロード 업로드
after: nach_dem nach_der seit_dem seit_der apres despues_de dopo depois_de apos после
phones: telefone telefonen telefoner telephones telefonos telefoni телефоны телефонов телефон 電話機 전화기
unregistered: nicht_registriert registrieren_sich_nicht ne_senregistrent_pas no_se_registran non_si_registrano nao_registram не_регистрир* 登録できな 등록되지
login failed: anmeldung_fehlgeschlagen echec_de_connexion echec_de_lauthentification fallo_de_inicio_de_sesion accesso_non_riuscito falha_no_login ошибка_входа ログインできま ログインに失敗 로그인_실패
weak: schwach* faible debil debole fraco fraca слаб* slaby zwak zayif 弱い 약한
signature algorithm: signaturalgorithm* algorithme_de_signature algoritmo_de_firma algoritmo_di_firma algoritmo_de_assinatura алгоритм_подписи 署名アルゴリズム 서명_알고리즘
client certificate: clientzertifikat* client_zertifikat* certificat_client certificat_du_client certificado_de_cliente certificado_del_cliente certificado_do_cliente certificado_cliente certificato_client certyfikat_klienta clientcertificaat клиентск*_сертификат* сертификат_клиента クライアント証明書 클라이언트_인증서
required: erforderlich* benotigt requis requise requerido necesario richiesto necessario требуется wymagany vereist gerekli 必要です 必要とし 필요
no: kein keine keinen keiner aucun aucune ningun ninguna nessun nessuna nenhum nenhuma geen
without: ohne senza без zonder
not sent: nicht_gesendet nicht_mitgeschickt nicht_mitgesendet pas_envoye no_envia no_se_envia non_invia non_inviato nao_envia не_отправл* не_отда* не_присыла* 送信されていない 送信していない 보내지_않
protocol version: protokollversion* version_de_protocole version_du_protocole version_de_protocolo version_del_protocolo versione_del_protocollo versao_do_protocolo версия_протокола версию_протокола プロトコルのバージョン プロトコルバージョン 프로토콜_버전
not supported: nicht_unterstutzt* non_pris_en_charge pas_pris_en_charge no_soportad* no_admitid* no_es_compatible non_supportat* nao_suportad* не_поддержива* nieobslugiwan* niet_ondersteund desteklenmeyen desteklenmiyor サポートされていない サポートされていません 지원되지_않 지원하지_않
cipher: verschlusselungsverfahren chiffrement cifrado cifratura cifra шифра шифров шифры 暗号スイート 암호_그룹 암호화_제품군
no common: kein_gemeinsam* keine_gemeinsam* aucun_algorithme aucune_suite ningun_cifrado нет_общ* 共通の 공통
firewall: pare_feu cortafuegos брандмауэр* фаервол* межсетев*_экран* zapora ファイアウォール 방화벽
clock: systemzeit uhrzeit horloge reloj orologio relogio системное_время часы zegar システム時刻 時計が 시계
no space left on device: kein_speicherplatz_mehr espace_disque_insuffisant plus_despace_disque no_queda_espacio spazio_esaurito sem_espaco_em_disco не_осталось_места нет_свободного_места 空き容量がありません ディスクがいっぱい 디스크_공간이_부족
wrong password: falsches_passwort falsches_kennwort kennwort_ist_falsch passwort_ist_falsch mot_de_passe_incorrect mot_de_passe_errone contrasena_incorrecta senha_incorreta password_errata неверный_пароль zle_haslo パスワードが間違 パスワードが正しくありません 잘못된_암호 잘못된_비밀번호
old certificate: altes_zertifikat alte_zertifikat ancien_certificat certificado_antiguo certificado_viejo certificado_antigo vecchio_certificato старый_сертификат старого_сертификата 古い証明書 이전_인증서
alert number: fatal_alert_code_is fatal_error_code_is alert_code_is alert_code alert_type alert_description_code sent_alert received_alert tls_alert ssl_alert 警告代码为 警告代码是 警报代码为 警报代码是 错误代码为 错误代码是 警示码为 警示代码为 警示码是 警告码为 schwerwiegende_warnung_lautet warnungscode_lautet fehlercode_lautet protocole_tls_est protocolo_tls_es protocolo_tls_e protocollo_tls_e アラートコードは アラート_コードは 경고_코드는
still: immer_noch weiterhin toujours todavia ancora ainda по_прежнему wciaz nog_steeds まだ 여전히
`

// form is one way to write a word: key is what it begins with, rest what follows an
// ending of any letters, in turn.
type form struct {
	rest  []string
	open  bool // ends with any ending
	means string
}

// addTongues adds table to the readings of g.
func (g *glossary) addTongues(table string) {
	for line := range strings.Lines(table) {
		means, forms, ok := strings.Cut(strings.TrimSpace(line), ":")
		if !ok {
			continue
		}
		for written := range strings.FieldsSeq(forms) {
			parts := strings.Split(strings.ReplaceAll(written, "_", " "), "*")
			f := form{means: means}
			for _, part := range parts[1:] {
				if f.open = part == ""; !f.open {
					f.rest = append(f.rest, " "+fold(part))
				}
			}
			g.addForm(fold(parts[0]), f)
		}
	}
}

// length gives how far f reaches in text, of which its key is the first n bytes, or 0.
func (f form) length(text []byte, n int) int {
	for _, part := range f.rest {
		n += ending(text[n:])
		if !strings.HasPrefix(string(text[n:min(len(text), n+len(part))]), part) {
			return 0
		}
		n += len(part)
	}
	if f.open {
		return n + ending(text[n:])
	}
	return n
}

// ending gives the length of the letters that text begins with, in Latin or Cyrillic.
func ending(text []byte) int {
	n := 0
	for n < len(text) && (alnum(text[n]) || text[n] >= 0xD0 && text[n] <= 0xD3 && n+1 < len(text)) {
		if text[n] >= utf8.RuneSelf {
			n++
		}
		n++
	}
	return min(n, len(text))
}
