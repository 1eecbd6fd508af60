"""What vendors sell: items by trade with plausible units, prices (in euro) and quantities, and item codes."""

from dataclasses import dataclass
from random import Random

from exceptions.generator.wording.grammar import Lexicon, Phrases
from exceptions.generator.world.drawing import chance, pick


@dataclass(frozen=True, slots=True)
class Article:
    """One kind of item; the description is composed."""

    description: Phrases
    unit: str | None
    cheapest: float
    dearest: float
    fewest: int
    most: int


@dataclass(frozen=True, slots=True)
class Trade:
    """A branch with the words for vendors in it and what they sell."""

    words: tuple[str, ...]
    articles: tuple[Article, ...]


_NO_RULES = Lexicon({})


def _trade(words: str, table: str) -> Trade:
    """Rows of `description; unit or -; cheapest-dearest; fewest-most`."""
    articles = []
    for row in table.strip().splitlines():
        description, unit, prices, quantities = (part.strip() for part in row.split(";"))
        cheapest, dearest = map(float, prices.split("-"))
        fewest, most = map(int, quantities.split("-"))
        articles.append(
            Article(
                Phrases(description, (description,), _NO_RULES),
                None if unit == "-" else unit,
                cheapest,
                dearest,
                fewest,
                most,
            )
        )
    return Trade(tuple(words.split(", ")), tuple(articles))


TRADES: tuple[Trade, ...] = (
    _trade(
        "Fixings, Schrauben, Fasteners, Hardware, Toolworks",
        """
        [Stainless|Zinc plated|Brass] screw [M4|M5|M6|M8]x[20|30|45|60]; pcs; 0.08-0.90; 500-20000
        Threaded rod [M10|M16|M20] 1 m; pcs; 2.10-14; 40-900
        Wall anchor [6|8|10] mm, [bag|pack] of [50|100]; -; 4-19; 20-400
        Blind rivet [3.2|4.8] mm; box; 9-31; 10-200
        Spring washer DIN 127; kg; 6-15; 5-80
        """,
    ),
    _trade(
        "Office, Stationery, Bürobedarf, Workplace, Papeterie",
        """
        Toner [black|cyan|magenta|yellow] [TN|HC]-[24|31|77]; -; 48-160; 2-60
        Ring binder [A4|A5] [blue|grey|red]; pcs; 1.40-4.20; 40-1200
        Office chair [Model|type] [Ria|Como|Linus]; pcs; 140-620; 2-90
        Whiteboard [90x60|120x90|180x120]; -; 55-260; 1-30
        Label roll [57|89] mm; roll; 3-12; 20-800
        Desk lamp LED [6|9] W; pcs; 22-95; 4-150
        """,
    ),
    _trade(
        "Lab Supplies, Diagnostics, Labortechnik, Scientific, Biotec",
        """
        Pipette tips [10|200|1000] µl, rack of 96; -; 5-19; 20-900
        Nitrile gloves [S|M|L], box of [100|200]; box; 6-17; 20-1500
        [Ethanol|Acetone|Isopropanol] [technical|p.a.] [1|2.5|5] l; -; 9-64; 6-300
        Petri dish [60|90] mm, sleeve of 20; -; 3.50-11; 20-700
        Filter paper grade [1|4|40]; pack; 12-45; 5-120
        Centrifuge tube [15|50] ml; -; 0.25-0.90; 200-9000
        """,
    ),
    _trade(
        "Electrical, Elektro, Electronics, Controls, Automation",
        """
        Circuit breaker [B|C][10|16|32]; pcs; 7-38; 10-600
        Contactor [9|18|32] A [24|230] V; -; 24-110; 4-180
        Data cable Cat[6|7] [100|305] m; reel; 60-310; 2-80
        Proximity switch M[12|18]; pcs; 21-88; 4-260
        LED panel [30|40] W [3000|4000] K; -; 26-90; 6-400
        PLC input module [8|16|32] ch; -; 130-720; 1-40
        Terminal block [2.5|4|6] mm2; pcs; 0.60-2.90; 100-5000
        """,
    ),
    _trade(
        "Packaging, Verpackung, Cartons, Emballage, Pallets",
        """
        Folding carton [200x150x90|400x300x200|600x400x400]; -; 0.35-2.80; 200-15000
        Stretch film [17|20|23] my; roll; 5-16; 12-900
        Euro pallet [new|used class A]; pcs; 8-24; 20-800
        Packing tape [48|75] mm [brown|clear]; roll; 1.10-3.90; 36-2400
        Bubble wrap [50|100] m; roll; 14-46; 4-160
        Wooden crate [S|M|XL]; -; 38-240; 2-90
        """,
    ),
    _trade(
        "Catering, Foods, Feinkost, Provisions, Kaffeerösterei",
        """
        Espresso beans [Roma|Dolce|organic] 1 kg; -; 11-29; 6-400
        Mineral water [still|sparkling] 12x[0.7|1.0] l; crate; 4-9; 10-600
        Lunch menu [A|B|veg.]; -; 8-19; 20-900
        Olive oil [3|5] l; tin; 21-58; 4-120
        Basmati rice 25 kg; bag; 31-66; 2-90
        """,
    ),
    _trade(
        "Cleaning, Hygiene, Facility, Reinigung, Janitorial",
        """
        Floor cleaner [citrus|neutral] [5|10] l; can; 12-44; 4-260
        Paper towels [2|3]-ply; case; 18-41; 5-500
        Window cleaning [north|south] wing; visit; 180-900; 1-14
        Waste bag [60|120] l; roll; 2.50-8; 20-1500
        Microfibre cloth, pack of 10; -; 6-15; 10-300
        """,
    ),
    _trade(
        "IT, Systems, Computers, Data, Digital, Softworks",
        """
        Notebook [13|14|15] inch [i5|i7|R7]; pcs; 690-1900; 1-60
        Docking station USB-C; -; 95-240; 2-120
        Monitor [24|27|32] inch; pcs; 140-560; 2-130
        Licence [seat|user] [annual|12 months]; -; 40-420; 5-300
        SSD [480 GB|1 TB|2 TB]; -; 48-210; 4-160
        Consulting [senior|junior]; h; 75-190; 4-240
        """,
    ),
    _trade(
        "Steel, Metals, Stahlhandel, Castings, Aluminium",
        """
        Flat bar [40x8|60x10|80x12] S235; m; 6-28; 20-900
        Sheet [1.5|2|3] mm [DC01|1.4301]; pcs; 38-210; 4-180
        Square tube [40x40|60x60|80x40]; m; 7-33; 18-800
        Aluminium profile [20|30|45]; m; 5-27; 20-700
        Cut to size; h; 48-85; 1-30
        Grey iron casting [drawing|no.] [12|37|58]; pcs; 14-160; 10-500
        """,
    ),
    _trade(
        "Chemicals, Coatings, Lacke, Adhesives, Chimie",
        """
        Two-part adhesive [50|400] ml; -; 11-68; 6-300
        Wall paint white [10|12.5] l; bucket; 29-92; 4-220
        Degreaser [20|60] l; drum; 54-260; 1-60
        Thread sealant [50|250] ml; -; 8-39; 6-240
        Caustic soda [25|50] kg; bag; 26-71; 4-200
        """,
    ),
    _trade(
        "Bearings, Drives, Antriebe, Gears, Transmission, Motion",
        """
        V-belt [SPA|SPB] [1250|1600|2120]; pcs; 9-47; 4-160
        Gear motor [0.37|0.75|1.5] kW; -; 290-1150; 1-24
        Roller chain [08B|12B] [5|10] m; -; 32-170; 1-60
        Linear guide [15|20|25] x [600|1000]; pcs; 64-330; 2-60
        Coupling type [19|24|38]; -; 28-145; 2-80
        """,
    ),
    _trade(
        "Workwear, Safety, Arbeitsschutz, PPE, Textiles",
        """
        Safety shoe S[1|3] size [41|43|45]; pair; 46-129; 4-140
        Hi-vis jacket [M|L|XL]; pcs; 28-84; 5-200
        Ear plugs, box of 200; box; 17-39; 3-90
        Welding glove; pair; 7-24; 10-300
        Polo shirt [navy|black] with logo; pcs; 9-23; 20-600
        """,
    ),
    _trade(
        "Print, Druck, Media, Signs, Grafik",
        """
        Leaflet [A5|DL] [4/0|4/4]; -; 0.04-0.30; 1000-40000
        Roll-up banner [85|100]x200; pcs; 48-130; 1-30
        Business cards, set of [250|500]; set; 19-62; 1-80
        Catalogue [48|96] pages; -; 1.20-4.80; 200-6000
        Vehicle lettering; -; 190-840; 1-12
        """,
    ),
    _trade(
        "Logistics, Freight, Transport, Haulage, Spedition",
        """
        Pallet freight zone [2|4|6]; pal; 38-125; 2-120
        Express parcel up to [5|20] kg; -; 9-34; 10-700
        Container [20|40] ft drayage; -; 290-960; 1-20
        Storage place per month; place; 6-15; 20-900
        """,
    ),
    _trade(
        "Landscaping, Gartenbau, Nurseries, Grounds",
        """
        Topsoil [screened|premium]; t; 19-46; 4-160
        Hornbeam hedge [100|150] cm; pcs; 8-31; 10-400
        Paving slab [40x40|60x40] [grey|anthracite]; m2; 21-64; 8-400
        Lawn mowing; visit; 90-420; 1-26
        """,
    ),
    _trade(
        "Medical, Medizintechnik, Healthcare, Pharma",
        """
        Syringe [2|5|10] ml; -; 0.06-0.35; 500-20000
        Wound dressing [10x10|15x20]; pack; 7-33; 10-500
        Infusion pump [IP|SP][2|4]; -; 780-2400; 1-20
        Surgical mask type IIR, box of 50; box; 3-9; 20-2000
        Bed linen set; set; 14-38; 20-600
        """,
    ),
    _trade(
        "Pumps, Hydraulics, Pneumatik, Fluid, Valves, Armaturen",
        """
        Butterfly [valve|flap] DN[65|100|150]; -; 44-230; 2-90
        Pneumatic cylinder [32|50|63]x[80|160|250]; pcs; 48-260; 2-80
        Submersible pump [0.8|1.1|2.2] kW; -; 320-1450; 1-16
        O-ring set [NBR|FKM]; set; 12-54; 4-160
        Pressure gauge [0-6|0-16|0-250] bar; pcs; 13-58; 4-140
        Suction pipe [50|75] mm; m; 8-27; 10-300
        """,
    ),
    _trade(
        "Furniture, Möbel, Interiors, Joinery, Contract",
        """
        Locker [two|three] doors; -; 130-340; 2-80
        Meeting table [180|240|320] cm; -; 340-1500; 1-20
        Shelf unit [oak|white|beech]; pcs; 78-290; 2-90
        Acoustic panel [60x60|120x60]; pcs; 36-120; 6-300
        Reception counter; -; 1400-5600; 1-3
        """,
    ),
    _trade(
        "Energy, Solar, Heating, Klima, HVAC",
        """
        PV module [410|430|450] W; pcs; 78-165; 10-400
        Heat pump [8|12|16] kW; -; 3900-9800; 1-9
        Bag filter [G4|F7|F9]; pcs; 19-74; 6-300
        Heating oil; l; 0.78-1.22; 1000-20000
        Service visit [spring|autumn|annual]; -; 140-620; 1-10
        """,
    ),
    _trade(
        "Tools, Werkzeuge, Machining, Precision, Cutting",
        """
        Carbide insert [CNMG|WNMG|DCMT], pack of 10; pack; 52-118; 2-120
        End mill [6|10|16] mm; pcs; 19-96; 4-180
        Torque wrench [20-100|40-200] Nm; -; 88-290; 1-24
        Turned part [no.|drawing] [214|305|488]; pcs; 2.40-36; 40-4000
        Coolant concentrate [20|200] l; drum; 84-690; 1-20
        """,
    ),
)

_LETTERS = "ABCDEFGHJKLMNPRSTUVWX"


#: Short codes are common, long ones occur.
CODE_STYLES = (0, 0, 0, 1, 1, 1, 2, 3, 4, 4, 5, 5, 5, 5, 6, 7)


def item_code(random: Random, style: int, description: str) -> str:
    """An item code in the vendor's style (one of CODE_STYLES): letters of the description, numbers, or both."""
    number = int(random.random() * 90_000) + 10_000
    initials = "".join(word[0] for word in description.split() if word[0].isalpha()).upper()[:3] or "X"
    match style:
        case 0:
            return f"{initials[:2]}{number % 100:02d}"
        case 1:
            return f"{number // 10}"
        case 2:
            return f"{number // 100}-{number % 100:02d}"
        case 3:
            return f"{initials[0]}{pick(random, _LETTERS)}-{number % 1000:03d}"
        case 4:
            return f"{initials}-{number % 100}{pick(random, _LETTERS)}"
        case 5:
            return f"{pick(random, _LETTERS)}{pick(random, _LETTERS)}{number % 100:02d}"
        case 6:
            return f"{number}"
        case _:
            return f"ART-{number // 10}"


def quantity(random: Random, article: Article, size: float) -> int:
    """A quantity as people order it: mostly round. `size` from 0 to 1 says how big the order is."""
    raw = article.fewest * float((article.most / article.fewest) ** size)
    if raw < 12 or chance(random, 0.15):
        return max(1, round(raw))
    step = int(10 ** (len(str(int(raw))) - 1))
    grain = max(1, step // pick(random, (1, 2, 4, 10)))
    return max(2, round(raw / grain) * grain)
