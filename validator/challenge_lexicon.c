/*
 * The other languages: fewer words, and frames that ask for no agreement
 * between them. The lists are named as in English where they are the like:
 * N names, P places, O things (with their article), T times, C numbers, A
 * what a thing is like.
 */
#include "validator/challenge_lexicon.h"

#include <stddef.h>

#define WORDS(name, ...) static const char *const name[] = {__VA_ARGS__, NULL}
#define LISTS(x)                                                               \
	static const struct challenge_list x##_lists[] = {{'N', x##_names},    \
	    {'P', x##_places}, {'O', x##_things}, {'T', x##_times},            \
	    {'C', x##_numbers}, {0, NULL}}

/* -- Spanish -------------------------------------------------------------- */

WORDS(es_phrases, "Sí.", "Muchas gracias.", "Hasta mañana.", "Buenos días.",
    "¿Quién es?", "Ahora no.", "Todo está listo.", "Un momento, por favor.");
WORDS(es_frames, "%N encontró %O en %P %T.", "%T vimos %O cerca de %P.",
    "¿Sabes si %N todavía tiene %O?", "Mi hermana compró %O por %C euros.",
    "Creo que %N dejó %O en %P.", "En %P había %C personas y nadie vio %O.",
    "%N y %N viajan a %P %T.", "Necesitamos %O antes de las %C.",
    "Nadie sabe por qué %N vendió %O.", "El tren de %P llega a las %C.");
WORDS(es_names, "Carlos", "Lucía", "Miguel", "Elena", "Javier", "Carmen",
    "Pablo", "Teresa", "Andrés", "Rosa", "Diego", "Marta");
WORDS(es_places, "Madrid", "Sevilla", "la estación", "la plaza", "el mercado",
    "Valencia", "la biblioteca", "Granada", "el puerto", "la oficina",
    "Barcelona", "la playa");
WORDS(es_things, "la carta", "el reloj", "una bicicleta", "las llaves",
    "el libro azul", "la cámara", "un paraguas", "la guitarra", "el mapa",
    "una lámpara", "el espejo", "la maleta", "los zapatos", "un cuadro");
WORDS(es_times, "ayer", "esta mañana", "el lunes", "por la noche",
    "la semana pasada", "en verano", "el domingo", "después de comer",
    "muy temprano", "el viernes");
WORDS(es_numbers, "dos", "tres", "cuatro", "cinco", "seis", "siete", "ocho",
    "nueve", "diez", "once", "doce");
LISTS(es);

/* -- French --------------------------------------------------------------- */

WORDS(fr_phrases, "Oui.", "Merci beaucoup.", "À demain.", "Bonjour.",
    "Qui est là ?", "Pas maintenant.", "Tout est prêt.",
    "Un instant, s'il vous plaît.");
WORDS(fr_frames, "%N a trouvé %O %P %T.", "%T nous avons vu %O %P.",
    "Est-ce que %N cherche encore %O ?", "Ma sœur a vendu %O pour %C euros.",
    "Je crois que %N a laissé %O %P.",
    "Il y avait %C personnes %P et personne n'a vu %O.",
    "%N et %N se promènent %P %T.", "Il nous faut %O avant %C heures.",
    "Personne ne sait pourquoi %N a peint %O.", "Le train part à %C heures.");
WORDS(fr_names, "Pierre", "Camille", "Louis", "Hélène", "Antoine", "Sophie",
    "Marcel", "Juliette", "Thomas", "Claire", "Hugo", "Manon");
WORDS(fr_places, "à Paris", "à Lyon", "devant la gare", "sur la place",
    "au marché", "à Marseille", "dans la cuisine", "à Toulouse", "au port",
    "derrière l'école", "à Nantes", "sur la plage");
WORDS(fr_things, "la lettre", "une montre", "le vélo rouge", "les clés",
    "un livre", "la lampe", "un parapluie", "la guitare", "une carte",
    "le miroir", "la valise", "un tableau", "les chaussures", "la table");
WORDS(fr_times, "hier", "ce matin", "lundi", "pendant la nuit",
    "la semaine dernière", "en été", "dimanche", "après le déjeuner",
    "très tôt", "vendredi");
WORDS(fr_numbers, "deux", "trois", "quatre", "cinq", "six", "sept", "huit",
    "neuf", "dix", "onze", "douze");
LISTS(fr);

/* -- German --------------------------------------------------------------- */

WORDS(de_phrases, "Ja.", "Vielen Dank.", "Bis morgen.", "Guten Tag.",
    "Wer ist da?", "Jetzt nicht.", "Alles ist fertig.", "Einen Moment, bitte.");
WORDS(de_frames, "%N hat %T %O %P gefunden.", "Wir haben %T %O %P gesehen.",
    "Weißt du, ob %N noch %O hat?", "Meine Schwester hat %O verkauft.",
    "Ich glaube, dass %N %O %P vergessen hat.",
    "Es waren %C Leute %P, und niemand sah %O.",
    "%N und %N treffen sich %T %P.", "Wir brauchen %O vor %C Uhr.",
    "Niemand weiß, warum %N %O gekauft hat.", "Der Zug fährt um %C Uhr.");
WORDS(de_names, "Karl", "Greta", "Lukas", "Johanna", "Felix", "Marlene",
    "Jakob", "Sabine", "Moritz", "Ingrid", "Paul", "Heike");
WORDS(de_places, "in Berlin", "in Köln", "am Bahnhof", "auf dem Markt",
    "in der Küche", "in Hamburg", "vor der Schule", "im Garten", "am Hafen",
    "in Leipzig", "im Büro", "am Strand");
WORDS(de_things, "den Brief", "eine Uhr", "das Fahrrad", "die Schlüssel",
    "ein Buch", "die Lampe", "den Schirm", "eine Gitarre", "die Karte",
    "den Spiegel", "einen Koffer", "das Bild", "die Schuhe", "einen Tisch");
WORDS(de_times, "gestern", "heute früh", "am Montag", "in der Nacht",
    "letzte Woche", "im Sommer", "am Sonntag", "nach dem Essen", "sehr spät",
    "am Freitag");
WORDS(de_numbers, "zwei", "drei", "vier", "fünf", "sechs", "sieben", "acht",
    "neun", "zehn", "elf", "zwölf");
LISTS(de);

/* -- Italian -------------------------------------------------------------- */

WORDS(it_phrases, "Sì.", "Grazie mille.", "A domani.", "Buongiorno.", "Chi è?",
    "Non adesso.", "È tutto pronto.", "Un momento, per favore.");
WORDS(it_frames, "%N ha trovato %O %P %T.", "%N dice che %T ha visto %O %P.",
    "Sai se %N cerca ancora %O?", "Mia sorella ha venduto %O per %C euro.",
    "Credo che %N abbia lasciato %O %P.",
    "C'erano %C persone %P e nessuno ha visto %O.",
    "%N e %N si incontrano %P %T.", "Ci serve %O prima delle %C.",
    "Nessuno sa perché %N ha comprato %O.", "Il treno parte alle %C.");
WORDS(it_names, "Marco", "Giulia", "Luca", "Chiara", "Paolo", "Francesca",
    "Matteo", "Silvia", "Andrea", "Elisa", "Davide", "Laura");
WORDS(it_places, "a Roma", "a Milano", "alla stazione", "in piazza",
    "al mercato", "a Napoli", "in cucina", "a Torino", "al porto",
    "dietro la scuola", "a Bologna", "in ufficio");
WORDS(it_things, "la lettera", "un orologio", "la bicicletta", "il libro",
    "una lampada", "l'ombrello", "la chitarra", "una mappa", "lo specchio",
    "la valigia", "un quadro", "il tavolo", "la chiave", "una borsa");
WORDS(it_times, "ieri", "questa mattina", "lunedì", "di notte",
    "la settimana scorsa", "in estate", "domenica", "dopo pranzo",
    "molto presto", "venerdì");
WORDS(it_numbers, "due", "tre", "quattro", "cinque", "sei", "sette", "otto",
    "nove", "dieci", "undici", "dodici");
LISTS(it);

/* -- Portuguese ----------------------------------------------------------- */

WORDS(pt_phrases, "Sim.", "Muito obrigado.", "Até amanhã.", "Bom dia.",
    "Quem é?", "Agora não.", "Está tudo pronto.", "Um momento, por favor.");
WORDS(pt_frames, "%N encontrou %O %P %T.", "%N disse que %T viu %O %P.",
    "Você sabe se %N ainda tem %O?", "Minha irmã comprou %O por %C reais.",
    "Acho que %N deixou %O %P.", "Havia %C pessoas %P e ninguém viu %O.",
    "%N e %N se encontram %P %T.", "Precisamos de tudo antes das %C horas.",
    "Ninguém sabe por que %N vendeu %O.", "O trem chega às %C horas.");
WORDS(pt_names, "João", "Beatriz", "Pedro", "Inês", "Tiago", "Helena", "Rafael",
    "Sofia", "Bruno", "Clara", "Gabriel", "Marina");
WORDS(pt_places, "em Lisboa", "no Porto", "na estação", "na praça",
    "no mercado", "em Brasília", "na cozinha", "em Salvador", "no escritório",
    "atrás da escola", "em Recife", "na praia");
WORDS(pt_things, "a carta", "um relógio", "a bicicleta", "as chaves", "o livro",
    "uma lâmpada", "o guarda-chuva", "a guitarra", "um mapa", "o espelho",
    "a mala", "um quadro", "os sapatos", "a mesa");
WORDS(pt_times, "ontem", "esta manhã", "na segunda-feira", "de noite",
    "na semana passada", "no verão", "no domingo", "depois do almoço",
    "muito cedo", "na sexta-feira");
WORDS(pt_numbers, "duas", "três", "quatro", "cinco", "seis", "sete", "oito",
    "nove", "dez", "onze", "doze");
LISTS(pt);

/* -- Russian -------------------------------------------------------------- */

WORDS(ru_phrases, "Да.", "Большое спасибо.", "До завтра.", "Добрый день.",
    "Кто там?", "Не сейчас.", "Всё готово.", "Одну минуту, пожалуйста.");
WORDS(ru_frames, "Говорят, что %N %T купит %O.", "Мы видели %O %P.",
    "Знаешь ли ты, где %N хранит %O?", "Моя сестра продала %O.",
    "Я думаю, что %N оставит %O %P.",
    "Там было %C человек, и никто не видел %O.", "%N и %N живут %P.",
    "Нам нужно найти %O до утра.", "Никто не знает, почему %N не любит %O.",
    "Поезд стоит %P %T.");
WORDS(ru_names, "Иван", "Ольга", "Сергей", "Наталья", "Дмитрий", "Елена",
    "Павел", "Татьяна", "Андрей", "Светлана", "Михаил", "Вера");
WORDS(ru_places, "в Москве", "в Казани", "на вокзале", "на площади", "на рынке",
    "в Самаре", "на кухне", "в саду", "в порту", "за школой", "в Перми",
    "на берегу");
WORDS(ru_things, "письмо", "старые часы", "велосипед", "ключи", "синюю книгу",
    "лампу", "зонт", "гитару", "карту", "зеркало", "чемодан", "картину",
    "сапоги", "большой стол");
WORDS(ru_times, "завтра", "сегодня утром", "в понедельник", "ночью",
    "на этой неделе", "летом", "в воскресенье", "после обеда", "очень рано",
    "в пятницу");
WORDS(ru_numbers, "пять", "шесть", "семь", "восемь", "девять", "десять",
    "одиннадцать", "двенадцать", "двадцать", "тридцать", "сорок");
LISTS(ru);

/* -- Japanese: written, and in kana as it is spoken ----------------------- */

WORDS(ja_phrases, "はい。", "ありがとう。", "また明日。|またあした。",
    "おはようございます。", "どなたですか。",
    "準備ができました。|"
    "じゅんびができました。",
    "少し待ってください。|すこしまってください。");
WORDS(ja_frames, "%T、%Nさんは%Pで%Oを{見つけました|みつけました}。",
    "%Nさんは%Pで%Oを{買いました|かいました}。",
    "%Nさんと%Nさんは%T%Pへ{行きます|いきます}。", "%Pに%Cつの%Oがあります。",
    "%Oは%Pにありますか。", "%T、%Oを%Pに{忘れました|わすれました}。",
    "%Nさんは%Oが{好きです|すきです}。");
WORDS(ja_names, "田中|たなか", "鈴木|すずき", "佐藤|さとう", "高橋|たかはし",
    "山本|やまもと", "中村|なかむら", "小林|こばやし", "加藤|かとう");
WORDS(ja_places, "東京|とうきょう", "京都|きょうと", "駅|えき", "学校|がっこう",
    "図書館|としょかん", "大阪|おおさか", "公園|こうえん", "会社|かいしゃ",
    "台所|だいどころ", "病院|びょういん");
WORDS(ja_things, "手紙|てがみ", "時計|とけい", "自転車|じてんしゃ", "本|ほん",
    "傘|かさ", "写真|しゃしん", "地図|ちず", "椅子|いす", "鏡|かがみ",
    "切符|きっぷ", "荷物|にもつ", "靴|くつ");
WORDS(ja_times, "昨日|きのう", "今朝|けさ", "月曜日|げつようび",
    "先週|せんしゅう", "夏|なつ", "日曜日|にちようび", "今晩|こんばん",
    "金曜日|きんようび");
WORDS(ja_numbers, "二|ふた", "三|みっ", "四|よっ", "六|むっ", "七|なな",
    "八|やっ", "九|ここの");
LISTS(ja);

/* -- Korean --------------------------------------------------------------- */

WORDS(ko_phrases, "네.", "감사합니다.", "내일 봐요.", "안녕하세요.",
    "누구세요?", "지금은 안 돼요.", "준비가 다 됐어요.",
    "잠깐만 기다려 주세요.");
WORDS(ko_frames, "%T %N 씨가 %P에서 %O 하나를 찾았습니다.",
    "우리는 %T %P에서 %O 두 개를 봤어요.", "%N 씨와 %N 씨는 %T %P에 갑니다.",
    "%P에 %C 개의 %O 상자가 있습니다.", "%N 씨는 %P에서 %O 하나를 샀어요.",
    "%T %P에 %O 하나를 두고 왔습니다.", "%N 씨는 아직 %O 생각을 하고 있어요.");
WORDS(ko_names, "민수", "지영", "현우", "수진", "영호", "미경", "준호", "은지",
    "동현", "서연");
WORDS(ko_places, "서울", "부산", "학교", "도서관", "시장", "공원", "대구",
    "회사", "부엌", "병원", "인천", "바닷가");
WORDS(ko_things, "편지", "시계", "자전거", "열쇠", "책", "우산", "사진", "지도",
    "거울", "의자", "가방", "기타");
WORDS(ko_times, "어제", "오늘 아침", "월요일에", "밤에", "지난주에", "여름에",
    "일요일에", "점심 후에", "금요일에");
WORDS(
    ko_numbers, "두", "세", "네", "다섯", "여섯", "일곱", "여덟", "아홉", "열");
LISTS(ko);

/* -- Chinese: written, and in pinyin as it is spoken ---------------------- */

WORDS(zh_phrases, "是的。|shi4 de5.", "谢谢你。|xie4 xie5 ni3.",
    "明天见。|ming2 tian1 jian4.", "早上好。|zao3 shang5 hao3.",
    "谁在那里？|shei2 zai4 na4 li5?", "现在不行。|xian4 zai4 bu4 xing2.",
    "都准备好了。|dou1 zhun3 bei4 hao3 le5.");
WORDS(zh_frames, "%N{在|zai4 }%P{找到了|zhao3 dao4 le5 }%O{。|.}",
    "%T{，|, }%N{买了|mai3 le5 }%O{。|.}",
    "%T{我们在|wo3 men5 zai4 }%P{看见了|kan4 jian4 le5 }%O{。|.}",
    "%N{和|he2 }%N%T{去|qu4 }%P{。|.}",
    "%P{有|you3 }%C{个人想要|ge4 ren2 xiang3 yao4 }%O{。|.}",
    "%N{把|ba3 }%O{忘在了|wang4 zai4 le5 }%P{。|.}",
    "{没有人知道|mei2 you3 ren2 zhi1 dao4 }%N{为什么卖了|"
    "wei4 shen2 me5 mai4 le5 }%O{。|.}");
WORDS(zh_names, "小明|xiao3 ming2 ", "王芳|wang2 fang1 ", "李伟|li3 wei3 ",
    "张丽|zhang1 li4 ", "陈静|chen2 jing4 ", "刘洋|liu2 yang2 ",
    "赵磊|zhao4 lei3 ", "周红|zhou1 hong2 ");
WORDS(zh_places, "北京|bei3 jing1 ", "上海|shang4 hai3 ",
    "火车站|huo3 che1 zhan4 ", "学校|xue2 xiao4 ", "图书馆|tu2 shu1 guan3 ",
    "公园|gong1 yuan2 ", "广州|guang3 zhou1 ", "公司|gong1 si1 ",
    "厨房|chu2 fang2 ", "医院|yi1 yuan4 ");
WORDS(zh_things, "一封信|yi1 feng1 xin4 ", "手表|shou3 biao3 ",
    "自行车|zi4 xing2 che1 ", "钥匙|yao4 shi5 ", "一本书|yi4 ben3 shu1 ",
    "雨伞|yu3 san3 ", "照片|zhao4 pian4 ", "地图|di4 tu2 ", "镜子|jing4 zi5 ",
    "椅子|yi3 zi5 ", "行李|xing2 li5 ", "吉他|ji2 ta1 ");
WORDS(zh_times, "昨天|zuo2 tian1 ", "今天早上|jin1 tian1 zao3 shang5 ",
    "星期一|xing1 qi1 yi1 ", "晚上|wan3 shang5 ",
    "上个星期|"
    "shang4 ge5 xing1 qi1 ",
    "夏天|xia4 tian1 ", "星期天|xing1 qi1 tian1 ", "午饭后|wu3 fan4 hou4 ");
WORDS(zh_numbers, "三|san1 ", "四|si4 ", "五|wu3 ", "六|liu4 ", "七|qi1 ",
    "八|ba1 ", "九|jiu3 ", "十|shi2 ");
LISTS(zh);

/* -- all ------------------------------------------------------------------ */

#define ROW(x, rate)                                                           \
	{                                                                      \
#x, rate, x##_phrases, x##_frames, x##_lists                   \
	}

const struct challenge_lexicon challenge_lexicons[] = {
    {"en", 15, challenge_english_phrases, challenge_english_frames,
	challenge_english_lists},
    ROW(es, 16), ROW(fr, 16), ROW(de, 15), ROW(it, 15), ROW(pt, 15),
    ROW(ru, 14), ROW(ja, 6), ROW(ko, 6), ROW(zh, 4.5)};
const int n_challenge_lexicons =
    sizeof(challenge_lexicons) / sizeof(challenge_lexicons[0]);
