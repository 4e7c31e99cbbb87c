"""Names, countries, email domains, jobs and devices of the sample users."""

from __future__ import annotations

from typing import NamedTuple

__all__ = ["DOMAINS", "JOBS", "NAME_SETS", "NETWORKS", "REFERRERS", "TEAMS", "USER_AGENTS", "NameSet"]

Name = tuple[str, str]
"""A name and its spelling in ASCII."""


class NameSet(NamedTuple):
    """Names that occur together."""

    countries: tuple[str, ...]
    """Country codes."""
    family_first: bool
    """Whether the family name comes first."""
    first: tuple[Name, ...]
    """Ten first names."""
    last: tuple[Name, ...]
    """Ten last names."""


# Letters without combining marks, because the pattern for names in the API does not allow those.
_NAME_TABLE = """
US GB CA AU IE
first: Olivia Noah Amelia James Grace Ethan Harper Lucas Ruby Owen
last: Smith Walker O'Neill Bennett Hughes Foster Murphy Reed Campbell Turner

US NG GH KE
first: Chidi Ngozi Kwame Amara Tunde Zuri Adaeze Kofi Makena Ọlá=ola
last: Okafor Mensah Adeyemi Wanjiru Balogun Nkrumah Eze Abiodun Otieno Danjuma

DE AT CH
first: Jürgen=juergen Zoë=zoe Lukas Käthe=kaethe Anna Felix Mia Björn=bjoern Sophie Max
last: Müller=mueller Schmidt Weiß=weiss Schäfer=schaefer Vogel Groß=gross Köhler=koehler Braun Jäger=jaeger Lange

FR BE CA
first: Élodie=elodie François=francois Chloé=chloe Hugo Amélie=amelie Théo=theo Inès=ines Jules Noémie=noemie Luc
last: Lefèvre=lefevre Dubois Moreau Garçon=garcon Rousseau Béranger=beranger Girard Mercier L'Hôte=lhote Faure

ES MX AR CO CL
first: José=jose María=maria Sofía=sofia Iván=ivan Lucía=lucia Diego Núria=nuria Andrés=andres Valentina Óscar=oscar
last: García=garcia Núñez=nunez Fernández=fernandez Ibáñez=ibanez López=lopez Muñoz=munoz Castro Peña=pena
  Ramírez=ramirez Vidal

BR PT
first: João=joao Beatriz Antônio=antonio Conceição=conceicao Rafael Inês=ines Thaís=thais Tiago Luísa=luisa Caio
last: Gonçalves=goncalves Araújo=araujo Silva Simões=simoes Pereira Magalhães=magalhaes Rocha Assunção=assuncao Lima
  Brandão=brandao

IT
first: Giulia Matteo Niccolò=niccolo Chiara Davide Aurora Elia Sofia Riccardo Noemi
last: Rossi D'Angelo Ferrari Esposito Nicolò=nicolo Bruno Conti Marchetti Rizzo Galli

PL
first: Łukasz=lukasz Zofia Stanisław=stanislaw Małgorzata=malgorzata Jakub Hania Michał=michal Ewa Tomasz Kinga
last: Wiśniewski=wisniewski Kowalczyk Dąbrowska=dabrowska Wójcik=wojcik Zając=zajac Nowak Żuk=zuk Lis Piątek=piatek
  Król=krol

CZ SK
first: Jiří=jiri Tereza Ondřej=ondrej Eliška=eliska Matěj=matej Klára=klara Šimon=simon Adéla=adela Vojtěch=vojtech
  Hana
last: Novák=novak Dvořáková=dvorakova Černý=cerny Procházka=prochazka Růžička=ruzicka Kučera=kucera Beneš=benes
  Fiala Sedláček=sedlacek Němec=nemec

TR
first: Ayşe=ayse Mehmet Çağla=cagla Emre Gül=gul Ömer=omer Şule=sule Kerem Işıl=isil Deniz
last: Yılmaz=yilmaz Öztürk=ozturk Şahin=sahin Çelik=celik Kaya Doğan=dogan Aydın=aydin Koç=koc Güneş=gunes Arslan

SE NO DK IS
first: Åsa=asa Søren=soren Linnéa=linnea Øyvind=oyvind Freja Håkon=hakon Astrid Mårten=marten Þóra=thora Nils
last: Lindström=lindstroem Bjørnsen=bjornsen Ångström=angstroem Sørensen=sorensen Nyberg Østby=ostby Holm
  Guðmundsdóttir=gudmundsdottir Lund Ekström=ekstroem

FI EE
first: Äänislinna=aanislinna Veikko Päivi=paivi Onni Aino Jyrki Tõnu=tonu Kaisa Eero Ülle=ulle
last: Mäkinen=makinen Korhonen Hämäläinen=hamalainen Saar Virtanen Põld=pold Niemi Kärkkäinen=karkkainen Tamm Laine

UA
first: Олена=olena Тарас=taras Ірина=iryna Богдан=bohdan Соломія=solomiia Андрій=andrii Катерина=kateryna Юрій=yurii
  Леся=lesia Максим=maksym
last: Шевченко=shevchenko Коваль=koval Бондаренко=bondarenko Мельник=melnyk Гончар=honchar Ткачук=tkachuk
  Лисенко=lysenko Кравець=kravets Руденко=rudenko Франко=franko

GR CY
first: Ελένη=eleni Γιώργος=giorgos Μαρία=maria Νίκος=nikos Κατερίνα=katerina Δημήτρης=dimitris Σοφία=sofia
  Γιάννης=giannis Άννα=anna Πέτρος=petros
last: Παπαδόπουλος=papadopoulos Νικολάου=nikolaou Γεωργίου=georgiou Κωστόπουλος=kostopoulos Δήμου=dimou
  Ιωάννου=ioannou Μακρής=makris Αλεξίου=alexiou Βλάχος=vlachos Λάμπρου=lamprou

JP family-first
first: 陽菜=hina 蓮=ren さくら=sakura 大翔=hiroto 美咲=misaki 悠真=yuma 結衣=yui 健=ken あおい=aoi 翼=tsubasa
last: 佐藤=sato 鈴木=suzuki 高橋=takahashi 田中=tanaka 渡辺=watanabe 伊藤=ito 山本=yamamoto 中村=nakamura
  小林=kobayashi 加藤=kato

CN TW SG family-first
first: 伟=wei 芳=fang 娜=na 秀英=xiuying 敏=min 静=jing 磊=lei 洋=yang 艳=yan 嘉欣=jiaxin
last: 王=wang 李=li 张=zhang 刘=liu 陈=chen 杨=yang 黄=huang 赵=zhao 吴=wu 歐陽=ouyang

KR family-first
first: 서연=seoyeon 민준=minjun 지우=jiwoo 하은=haeun 도윤=doyun 수아=sua 예준=yejun 지민=jimin
  현우=hyunwoo 채원=chaewon
last: 김=kim 이=lee 박=park 최=choi 정=jung 강=kang 조=cho 윤=yoon 장=jang 임=lim

IN
first: Aarav Diya अमन=aman Rohan पवन=pavan Ananya Vivaan नमन=naman Ishaan कमल=kamal
last: Sharma Patel कदम=kadam Reddy Iyer Singh Gupta Nair Banerjee Rao

AE EG MA JO
first: ليلى=layla محمد=mohamed فاطمة=fatima عمر=omar نور=nour يوسف=youssef مريم=maryam خالد=khaled سلمى=salma
  حسن=hassan
last: الحسن=alhassan منصور=mansour حداد=haddad النجار=alnajjar سعيد=saeed فارس=fares خليل=khalil بنعلي=benali
  عزيز=aziz مراد=mourad

IL
first: נועה=noa דוד=david תמר=tamar יונתן=yonatan מיכל=michal איתי=itai שירה=shira אורי=ori יעל=yael עומר=omer
last: כהן=cohen לוי=levi מזרחי=mizrahi פרץ=peretz ביטון=biton אברהם=avraham פרידמן=friedman שפירא=shapira דהן=dahan
  גולן=golan

VN family-first
first: Linh Đức=duc Hương=huong Tuấn=tuan Ngọc=ngoc Hải=hai Thảo=thao Quân=quan Yến=yen Phúc=phuc
last: Nguyễn=nguyen Trần=tran Lê=le Phạm=pham Hoàng=hoang Đặng=dang Bùi=bui Võ=vo Đỗ=do Lý=ly

TH
first: สมชาย=somchai มาลา=mala ดาว=dao นภา=napa วรรณา=wanna กมล=kamon อารยา=araya ธนา=thana ปราณ=pran วาสนา=wasana
last: แสงทอง=saengthong ใจงาม=jaingam ทองคำ=thongkham ทองดา=thongda แสนสบาย=saensabai พลอย=ploy งามตา=ngamta
  มาลากร=malakorn แสงดาว=saengdao ชลธร=chonlathorn

PH ID MY
first: Maricel Budi Siti Andrea Putri Nicanor Dewi Bayani Rizal Peña=penya
last: Santos Wijaya Reyes Kusuma Dela_Cruz Hidayat Bautista Pratama Aquino Halim

NZ US
first: Kāhu=kahu Aroha Māia=maia Tāne=tane Leilani Kaʻiulani=kaiulani Wiremu Anahera Keanu Mele
last: Ngāta=ngata Parata Kealoha Tūhoe=tuhoe Rāwiri=rawiri Kahananui Pōtae=potae Akana Waititi Hēnare=henare
"""


def _parse_name(word: str) -> Name:
    """Parse `Zoë=zoe`. An ASCII name has no second part; `_` is a space."""
    native, _, plain = word.partition("=")
    native = native.replace("_", " ")
    return native, plain or native.lower().replace(" ", "").replace("'", "")


def _parse_name_set(text: str) -> NameSet:
    head, _, names = text.partition("first:")
    first, _, last = names.partition("last:")
    countries = head.split()
    family_first = countries[-1] == "family-first"
    if family_first:
        countries.pop()
    return NameSet(
        tuple(countries),
        family_first,
        tuple(map(_parse_name, first.split())),
        tuple(map(_parse_name, last.split())),
    )


NAME_SETS = tuple(map(_parse_name_set, _NAME_TABLE.strip().split("\n\n")))

DOMAINS = (
    "example.com", "example.org", "example.net", "mail.example.com", "post.example.org",
    "studio.example.net", "labs.example.com", "inbox.example.org", "dao.example.com", "uni.example.org",
)  # fmt: skip

JOBS = (
    "Software Engineer", "Product Manager", "Community Lead", "Smart Contract Auditor", "Data Scientist",
    "Designer", "Founder", "Support Engineer", "Artist", "Trader", "Student", "Protocol Researcher",
    "Marketing Manager", "Account Executive", "Site Reliability Engineer", "Legal Counsel", "Treasurer", "DevRel",
    "Ingénieure logiciel", "Grafikdesignerin",
)  # fmt: skip
TEAMS = ("Growth", "Core", "Ops", "Research", "Design", "Finance")
REFERRERS = ("twitter", "google", "friend", "conference", "podcast", "newsletter")

# Addresses that RFC 5737 and RFC 3849 reserve for documentation.
NETWORKS = ("203.0.113.", "198.51.100.", "192.0.2.", "2001:db8:85a3::")

_CHROME = "AppleWebKit/537.36 (KHTML, like Gecko) Chrome"
_WEBKIT = "AppleWebKit/605.1.15 (KHTML, like Gecko) Version"
USER_AGENTS = (
    f"Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) {_CHROME}/141.0.0.0 Safari/537.36",
    f"Mozilla/5.0 (Windows NT 10.0; Win64; x64) {_CHROME}/142.0.0.0 Safari/537.36",
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:144.0) Gecko/20100101 Firefox/144.0",
    f"Mozilla/5.0 (iPhone; CPU iPhone OS 18_6 like Mac OS X) {_WEBKIT}/18.6 Mobile/15E148 Safari/604.1",
    f"Mozilla/5.0 (Linux; Android 15; Pixel 9) {_CHROME}/142.0.0.0 Mobile Safari/537.36",
    "Mozilla/5.0 (X11; Linux x86_64; rv:143.0) Gecko/20100101 Firefox/143.0",
    f"Mozilla/5.0 (Macintosh; Intel Mac OS X 15_1) {_WEBKIT}/18.1 Safari/605.1.15",
    "MetaMaskMobile/7.58 (iPhone; iOS 18.6)",
)
