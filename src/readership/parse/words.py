"""Short lines that pages print around an article, by what they are. Lower case, without marks at their ends.

The lists are our own, gathered from what news sites print in English, Russian and Kazakh.
"""

from __future__ import annotations


def _set(text: str) -> frozenset[str]:
    return frozenset(item.strip() for line in text.strip().splitlines() for item in line.split("|") if item.strip())


def _starts(text: str) -> tuple[str, ...]:
    """Beginnings of lines; a trailing underscore stands for the space after a whole word."""
    return tuple(item.strip().replace("_", " ") for line in text.strip().splitlines() for item in line.split("|"))


SECTIONS = _set(
    """
    news|politics|economy|economics|society|social|sport|sports|culture|world|world news|international|business
    finance
    health|education|science|technology|tech|science and technology|science & technology|opinion|opinions|op-ed
    editorial|interview|interviews
    analysis|analytics|incidents|accidents|crime|law|law and order|local|region|regions|regional|central asia
    kazakhstan
    kyrgyzstan|uzbekistan|tajikistan|turkmenistan|russia|asia|europe|nation|national|lifestyle|life|people|travel
    tourism
    ecology|environment|climate|energy|transport|agriculture|weather|auto|cars|media|history|religion|arts|art|music
    entertainment|show business|markets|money|investment|banks|industry|defense|defence|security|army
    president|government|parliament|akorda|diplomacy|military|foreign policy|domestic|community|features|feature
    long reads|longread|explainer|investigations
    video|photo|special projects|press releases|press release|official|elections|events|in focus|top news|main news
    hot news|breaking news
    новости|политика|экономика|общество|социум|спорт|культура|в мире|мир|мировые новости|за рубежом|бизнес|финансы
    здоровье|медицина
    здравоохранение|образование|наука|технологии|наука и технологии|наука и техника|техно|мнение|мнения|колонки
    интервью|аналитика|анализ|обзор|обзоры
    происшествия|чп|криминал|право|закон|законодательство|регионы|регион|в регионах|казахстан|новости казахстана
    кыргызстан
    узбекистан|таджикистан|туркменистан|россия|центральная азия|азия|страна|в стране|жизнь|стиль жизни|люди
    путешествия|туризм|экология|климат
    энергетика|транспорт|сельское хозяйство|апк|авто|сми|история|религия|искусство|музыка|шоу-бизнес|развлечения|кино
    рынки|деньги|инвестиции|банки|промышленность|оборона|безопасность|армия|президент|правительство|парламент
    внешняя политика|внутренняя политика|официально
    репортаж|репортажи|тексты|статьи|статья|спецпроекты|расследования|расследование|видео|фото|пресс-релизы|выборы|события
    в фокусе|главное|главные новости
    главная тема|тема дня|город|города|столица|астана|алматы|шымкент|бишкек|ташкент|недвижимость|строительство|жкх
    жаңалықтар|саясат|экономика|қоғам|спорт|мәдениет|әлем|әлемде|әлем жаңалықтары|бизнес|қаржы|денсаулық
    денсаулық сақтау|медицина|білім|білім беру
    ғылым|технология|технологиялар|ғылым және технология|пікір|сұхбат|сараптама|талдау|оқиға|оқиғалар|төтенше жағдай
    қылмыс|құқық|заң
    аймақ|аймақтар|өңір|өңірлер|қазақстан|әлеумет|тұрмыс|тұлға|тарих|дін|руханият|өнер|әдебиет|туризм|экология
    энергетика|көлік
    ауыл шаруашылығы|ауа райы|президент|үкімет|парламент|сайлау|ресми|репортаж|мақала|мақалалар|видео|фото
    басты жаңалықтар|басты жаңалық|сыртқы саясат|жастар|отбасы|таным|зерде|таразы
    """
)
HOME = _set(
    """
    home|home page|homepage|main|main page|главная|главная страница|на главную|басты бет|басты|негізгі|бас бет
    front page|start
    """
)
NAV = _set(
    """
    menu|search|login|log in|sign in|sign up|register|registration|subscribe|subscription|about|about us|contacts
    contact|contact us|advertising|advertise
    advertisement|ad|archive|all news|latest news|latest|rss|go to the main site|full version|mobile version
    skip to content|skip to main content|close|open menu|toggle navigation
    more|language|languages|en|ru|kz|kk|kg|uz|tj|eng|rus|kaz|qaz|қаз|рус|анг|english|russian|kazakh|русский|қазақша
    кыргызча|o'zbekcha|ўзбекча|deutsch|qazaqsha
    today|currency rates|exchange rates|currency|exchange rate|weather|rates|forecast|live|tv|radio|podcasts|podcast
    settings|dark mode|light mode|font size|accessibility|version for visually impaired
    лента новостей|меню|поиск|войти|вход|регистрация|зарегистрироваться|подписаться|подписка|о нас|о проекте
    о компании|контакты|реклама|рекламодателям|архив|все новости|последние новости|полная версия|мобильная версия
    перейти к содержимому|перейти на сайт|перейти на основной сайт|закрыть|ещё|еще|язык|сегодня|курс валют
    курсы валют|валюта|валюты|погода|прогноз погоды|прямой эфир|радио|подкасты|вакансии|редакция
    версия для слабовидящих|на правах рекламы
    мәзір|іздеу|кіру|тіркелу|жазылу|біз туралы|жоба туралы|байланыс|жарнама|мұрағат|барлық жаңалықтар
    соңғы жаңалықтар|жабу|тіл|бүгін|валюта бағамы|валюта бағамдары|ауа райы|тікелей эфир|негізгі сайтқа өту
    толық нұсқа|редакция
    """
)
SHARE = _set(
    """
    share|share this|share this article|share this post|share article|share on facebook|share on twitter
    share on telegram|share with friends|share:|tweet|facebook|twitter|telegram|whatsapp|vk|vkontakte|odnoklassniki
    linkedin|viber|instagram|youtube|tiktok|pinterest|reddit|x|copy link|link copied|copy|print|email|e-mail|send
    save|bookmark|like|listen|listen to this article|follow us|google news|threads
    поделиться|поделиться новостью|поделиться статьей|поделитесь|поделитесь новостью|поделиться в соцсетях
    рассказать друзьям|телеграм|вконтакте|одноклассники|фейсбук|скопировать ссылку|ссылка скопирована
    копировать ссылку|печать|распечатать|версия для печати|отправить|сохранить|в закладки|нравится|слушать|прослушать
    ватсап
    бөлісу|бөлісіңіз|бөлісу:|достарыңмен бөліс|достарыңызбен бөлісіңіз|әлеуметтік желіде бөлісу|сілтемені көшіру
    көшіру|басып шығару|жіберу|сақтау|ұнайды|тыңдау
    """
)
# What follows belongs to other articles, readers or the site: the article has ended.
END = _set(
    """
    related|related news|related articles|related stories|related posts|related materials|related topics|more news
    more on this topic|more on the topic|on the topic|on this topic|on the subject|recommended|recommended for you
    you may also like|you might also like|you may be interested|see more|most read|most popular|popular|popular news
    popular now|trending|latest news|last news|latest stories|recent news|recent posts|other news|next article
    previous article|next|previous|next post|previous post|next news|editor's choice|editors' choice|top stories
    more from this section|more stories|don't miss|what to read next
    comments|comment|leave a comment|leave a reply|add a comment|write a comment|post a comment|no comments|add comment
    no comments yet|be the first to comment|comments off|comments disabled
    discussion|reviews|comments are closed|tags|tag|keywords|topics|key words
    all rights reserved|contacts|about us|editorial office|found a mistake|found an error|report a mistake
    report an error|footer|newsletter|partner news|news of partners|partners|news feed|newsfeed
    похожие новости|похожие материалы|похожие статьи|похожие записи|по теме|материалы по теме|новости по теме
    еще по теме|ещё по теме|статьи по теме|другие новости|другие материалы|другие статьи|смотрите также|рекомендуем
    рекомендуемые|рекомендуем почитать|вам может быть интересно|вам будет интересно|возможно, вам будет интересно
    вас может заинтересовать|популярное|популярные новости|популярные|самое читаемое|самые читаемые|самое популярное
    читаемое|последние новости|свежие новости|лента|лента новостей|новости дня|главное за день|главные новости
    следующая новость|предыдущая новость|следующая статья|предыдущая статья|следующая|предыдущая|далее|ещё новости
    еще новости|больше новостей|выбор редакции|новости партнеров|новости партнёров|актуальное|сейчас читают
    сейчас обсуждают|топ новостей|связанные новости|что еще почитать
    комментарии|комментарий|комментировать|оставить комментарий|оставьте комментарий|добавить комментарий
    написать комментарий|нет комментариев|комментариев нет|обсуждение|обсудить|отзывы|теги|тэги|тег|ключевые слова
    метки|темы|комментариев пока нет
    все права защищены|контакты|о редакции|нашли ошибку|нашли ошибку?|сообщить об ошибке|заметили ошибку|подвал
    рассылка
    ұқсас жаңалықтар|ұқсас материалдар|ұқсас мақалалар|тақырып бойынша|тақырыпқа орай|осы тақырыпта|тақырып аясында
    басқа жаңалықтар|өзге жаңалықтар|тағы оқыңыз|тағы да оқыңыз|сізге ұнауы мүмкін|сізді қызықтыруы мүмкін
    көп оқылған|ең көп оқылған|көп оқылғандар|танымал|танымал жаңалықтар|соңғы жаңалықтар|келесі жаңалық
    алдыңғы жаңалық|келесі|алдыңғы|редакция таңдауы|жаңалықтар лентасы|жаңалықтар таспасы|таңдаулы материалдар
    ұсынамыз|байланысты жаңалықтар|ұқсас жазбалар|соңғы мақалалар
    пікірлер|пікір қалдыру|пікір жазу|пікір қосу|пікірлер жоқ|түсініктемелер|талқылау|тегтер|тэгтер|тақырыптар
    кілт сөздер|барлық құқықтар қорғалған|байланыс|редакция туралы|қате таптыңыз ба
    """
)
# A pointer to other articles inside the text; the text may go on after it.
ASIDE = _set(
    """
    read also|read more|also read|see also|read on|read next|more on this|earlier|advertisement|ad|sponsored
    recommended reading|read in kazakh|read in russian
    читайте также|читать также|читайте|читать далее|читать еще|ранее по теме|смотрите также|реклама|на правах рекламы
    подробнее|читайте по теме|читайте ещё|читайте еще|также читайте
    оқи отырыңыз|тағы оқыңыз|сондай-ақ оқыңыз|оқыңыз|осыған орай|жарнама|толығырақ|сонымен қатар оқыңыз
    тағы да оқыңыз
    """
)
VIEW = _set(
    """
    views|view|viewed|reads|read|hits|visits|pageviews|page views|view count|views count|number of views|total views
    times viewed|times read|post views|article views
    просмотр|просмотры|просмотра|просмотров|просмотрено|просмотрели|кол-во просмотров|количество просмотров
    число просмотров|всего просмотров|прочитано|прочитали|прочтений|прочтения|прочтение|показов|посмотрели
    раз просмотрено|раз прочитано|количество прочтений
    қаралым|қаралымы|қаралымдар|қаралымдар саны|қаралым саны|қаралды|қаралған|көрілім|көрілімі|көрілімдер|көрілді
    көрсетілім|көрсетілді|көрсетілген|оқылым|оқылымы|оқылды|оқылған|оқылымдар|көру|көрулер|көру саны|қарау|қараулар
    қарау саны|оқу саны|рет оқылды|рет көрсетілді|рет қаралды|рет көрілді|адам оқыды|оқыды
    👁|👀|👁️
    """
)
COMMENT = _set(
    """
    comments|comment|комментарии|комментарий|комментариев|комментария|коммент|комментов|комменты|пікір|пікірлер|пікірі
    түсініктеме|түсініктемелер|💬|🗨
    ответов|ответа|ответ|replies|reply|responses|response|opinions|мнений|мнения|мнение|отзывов|отзыва|отзыв|жауап
    комментировать|обсудить|обсуждение|обсуждений
    """
)
OTHER_COUNTS = _set(
    """
    shares|share|likes|like|dislikes|reposts|поделились|репост|репостов|репоста|лайк|лайков|лайка|нравится|бөлісу
    бөлісті|ұнату|❤|👍|👎|🔁|⭐|votes|голосов|reactions|реакций|подписчиков|followers|rating|рейтинг|photos|photo|фото
    сурет|words|символов|слов
    """
)
MINUTES = _set(
    """
    min read|mins read|minute read|minutes read|min to read|minutes to read|reading time|read time|мин чтения
    мин. чтения|минут чтения|минуты чтения|минута чтения|время чтения|время на чтение|на чтение|чтения
    минут на чтение|мин на чтение|оқу үшін|минут оқу|оқу уақыты|оқуға|минуттық оқу|оқылу уақыты|мин оқу|🕐|⏱|🕒|⏳
    """
)
# Fillers of a line of date, counters and names: they carry nothing themselves.
FILLER = _set(
    """
    published|published on|published at|posted|posted on|date|publication date|date of publication|publish date|on|at
    by|time|astana time|almaty time|tashkent time|bishkek time|local time|created|added|first published|publication
    release date
    last|last updated on|last updated at|last modified on|last modified at|last edited|amended|amended on
    first published on
    updated|last updated|modified|edited|updated on|updated at|last modified|last update
    опубликовано|опубликован|опубликована|дата|дата публикации|размещено|добавлено|создано|время|в|от|г|года|год
    публикация|время публикации|по времени астаны|по времени алматы|время астаны
    обновлено|обновлен|изменено|отредактировано|последнее обновление|дата обновления
    жарияланды|жарияланған|жарияланған күні|жарияланған уақыты|күні|уақыты|сағат|жыл|жылы|ж|жаңартылды|жаңартылған
    соңғы жаңарту|өзгертілді
    рет|раз|раза|times|мин|минут|min|гмт|gmt|utc|ago|🕐|⏱|📅|🗓|🕒|🕓|⌚|•|·|-|–|—|/|\\|:|,|;|.|#|№|&|+
    """
) | frozenset({"|"})
UPDATED = ("updat", "modif", "edited", "обновл", "измен", "отредакт", "жаңарт", "өзгерт")
# Organisations whose bare name stands as a credit or source where a name stands alone.
ORGANISATIONS = _set(
    """
    akorda|акорда|ақорда|mfa|мид|сім|мид рк|gov.kz|primeminister.kz|reuters|рейтер|afp|ap|tass|тасс|риа новости
    ria novosti|getty images|shutterstock|pixabay|unsplash|freepik|pexels|depositphotos|istock|xinhua|bbc|interfax
    интерфакс|anadolu
    kazinform|казинформ|қазақпарат|kazhydromet|казгидромет|қазгидромет|мвд|мвд рк|мчс|мчс рк|iim|іім
    төтенше жағдайлар министрлігі|нацбанк|noc|нок|sputnik|епа|epa|wikipedia|википедия
    """
)
IMAGE_BANKS = _set(
    """
    getty images|shutterstock|pixabay|unsplash|freepik|pexels|depositphotos|istock|reuters|afp|ap|epa|alamy
    pexels.com|pixabay.com|depositphotos.com|unsplash.com|freepik.com|shutterstock.com|istockphoto.com|gettyimages
    """
)
# How lines begin that invite to share or subscribe, point elsewhere, or end the article.
SHARE_STARTS = _starts(
    """
    share|поделит|бөліс|subscribe to|subscribe for|follow us|follow our|join our|join us|telegram subscribe|telegram_
    подпис|подпиш|присоединяйтесь|жазылыңыз|жазылу|арнамызға|біздің telegram|біздің whatsapp|біздің instagram
    біздің арна|наш telegram|наш телеграм|читайте нас|следите за|оперативные новости|самые важные новости в
    больше новостей в|главные новости в|новости в telegram|скопировать|copy link|print this|версия для печати
    whatsapp_|the latest news in|get our|get the latest|sign up for|download our app|скачайте|telegram-канал
    жаңалықтарды|сілтемені|хабардар бол
    """
)
ASIDE_STARTS = _starts(
    """
    read also|see also|read more|also read|читайте также|читать также|также читайте|читайте по теме|читать далее
    смотрите также|подробнее:|оқи отырыңыз|тағы оқыңыз|сондай-ақ оқыңыз|сонымен қатар оқыңыз|читайте ещё|читайте еще
    ранее мы писали|ранее сообщалось:|по теме:|related:
    """
)
END_STARTS = _starts(
    """
    related news|related articles|похожие новости|новости по теме|материалы по теме|теги:|тэги:|tags:|tag:|keywords:
    ключевые слова|метки:|тегтер:|тэгтер:|кілт сөздер|©|©_|(c)_|copyright|все права защищены|all rights reserved
    барлық құқықтар|нашли ошибку|заметили ошибку|если вы нашли|если вы заметили|қате тапсаңыз|қатені тапсаңыз
    found a mistake|found an error|if you notice|if you find an error|сообщить об ошибке|при использовании
    при копировании|при перепечатке|при цитировании|использование материалов|материалды пайдалан
    материалдарды пайдалан|сайт материалдарын|сайттағы материал|any use of|use of materials|reproduction|перепечатка
    tags_|теги_|тэги_|тегтер_|leave a comment|leave a reply|оставить комментарий|комментарии (|comments (|пікірлер (
    пікір қалдыру|чтобы оставить комментарий|войдите, чтобы|пікір қалдыру үшін|log in to comment|выделите ее
    выделите её|нажмите ctrl|ctrl+enter
    """
)
NOISE_STARTS = _starts(
    """
    реклама|advertisement|жарнама|sponsored|you have javascript|we use cookies|this site uses cookies|мы используем
    сайт использует cookie|этот сайт использует|loading|загрузка|please enable|by using this site
    продолжая пользоваться|по московскому
    """
)
CITIES = _set(
    """астана|алматы|шымкент|бишкек|ташкент|душанбе|ашхабад|almaty|astana|bishkek|tashkent|dushanbe|ashgabat"""
)
LOGIN = ("password", "пароль", "құпиясөз", "құпия сөз", "forgot your password", "забыли пароль")
ERROR_PAGES = _set(
    """
    403|500|502|503|access denied|forbidden|just a moment|checking your browser|attention required|доступ запрещен
    доступ запрещён|service unavailable|bad gateway|under maintenance|are you a robot|enable javascript
    verify you are human
    """
)
# What a site prints in the place of an article that is not there (any more).
REMOVED_PAGES = _set(
    """
    404|not found|page not found|бет табылмады|ошибка 404|парақша табылмады|страница не найдена|404 not found
    error 404
    410|gone|410 gone|article removed|page removed|this article has been removed|this page has been removed
    this material has been removed|the article has been deleted|this article is no longer available|content removed
    материал удален|материал удалён|статья удалена|новость удалена|страница удалена|публикация удалена|запись удалена
    материал снят с публикации|данный материал удален|данная новость удалена
    материал жойылды|мақала жойылды|жаңалық жойылды|бет жойылды|жазба жойылды|материал өшірілді|мақала өшірілді
    """
)
REMOVED_STARTS = (
    "404 ",
    "410 ",
    "error 404",
    "ошибка 404",
    "error 410",
    "ошибка 410",
    "this article has been removed",
    "this article was removed",
)
