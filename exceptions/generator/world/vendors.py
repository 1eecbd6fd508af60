"""Vendor names: a root, a trade word and a legal form of the country; hundreds of thousands of them."""

from dataclasses import dataclass
from random import Random

from exceptions.generator.world.drawing import chance, pick, words


@dataclass(frozen=True, slots=True)
class Country:
    """What follows from where a vendor sits. `scale` turns euro prices into prices of the currency."""

    currency: str
    scale: int
    taxes: tuple[str, ...]
    forms: tuple[str, ...]
    roots: tuple[str, ...]


_GERMAN = words(
    "Adler Behrens Dittmar Eberle Falkner Gerlach Hagedorn Ihlenfeld Jansen Kolbe Lindner Merkens Neuhaus"
    " Ostertag Pohlmann Riedel Sauter Thiele Uhlmann Voss Wendland Ziegler Altmark Bodensee Eifel Harz Isar"
    " Neckar Ruhr Spree Taunus Weser"
)
_FRENCH = words(
    "Arnaud Bertin Chauvet Delmas Escoffier Fabre Girard Hervé Jourdan Lacroix Marchand Noiret Perrin Renaud"
    " Sorel Tissot Vasseur Armor Cévennes Garonne Jura Loire Morvan Vosges"
)
_ITALIAN = words(
    "Amato Bellini Carraro Donati Ferrante Galli Locatelli Marchetti Negri Orsini Pavan Rinaldi Sartori"
    " Tedesco Valsecchi Adige Brenta Etna Ticino Trevi"
)
_SPANISH = words(
    "Aldana Barreiro Cifuentes Duarte Echeverría Ferrer Gallardo Ibarra Llorente Montero Olmedo Quintana"
    " Rovira Salazar Urrutia Ebro Gredos Levante"
)
_DUTCH = words(
    "Bosman Dijkstra Elzinga Gerritsen Hoekstra Kuipers Lammers Meijer Postma Rietveld Schipper Terpstra"
    " Verhoeven Westra Zijlstra Amstel Veluwe"
)
_NORDIC = words(
    "Aas Bakken Eklund Forsberg Granlund Hovland Isaksen Kjeldsen Lundgren Mikkelsen Nygaard Okkels Rasmussen"
    " Solheim Thorsen Ulvestad Vestergaard Aurora Fjell Norrland Skärgård Sund"
)
_FINNISH = words("Aalto Halonen Järvi Kallio Laakso Mäkinen Nieminen Ranta Salminen Tuominen Virta Saimaa Kainuu")
_ENGLISH = words(
    "Abbott Bramley Calder Dunmore Ellwood Farrow Garside Hartwell Ingram Jessop Kirkby Langdale Mercer"
    " Norcroft Oakham Pickering Quayle Radley Stanton Thornbury Underhill Wexford Yardley Ashdown Cotswold"
    " Humber Pennine Severn Trent"
)
_AMERICAN = words(
    "Alder Baxter Chandler Delaney Everett Foster Granger Holcomb Irving Jefferson Keller Lawson Mather"
    " Newell Osborne Parker Quinn Ramsey Sheridan Tucker Upton Vaughn Whitaker Bluegrass Cascade Dakota Erie"
    " Gulfport Lakeshore Mesa Ozark Sierra"
)
_POLISH = words(
    "Borkowski Czerwinski Domanski Gorski Jankowski Kaminski Lewicki Maj Ostrowski Rudzki Sikora Tatry Warta"
)
_CZECH = words("Beran Dvorak Havlik Jelinek Kolar Marek Novotny Pospisil Ruzicka Sedlak Vesely Morava Sazava")
_INDIAN = words(
    "Agarwal Bhatia Chawla Deshpande Gokhale Iyer Joshi Kulkarni Mehta Narayan Patil Sethi Varma Deccan Konkan"
)

COUNTRIES: tuple[Country, ...] = (
    Country("EUR", 1, ("19",), ("GmbH", "AG", "KG", "GmbH & Co. KG", "e.K."), _GERMAN),
    Country("EUR", 1, ("20",), ("GmbH", "OG"), _GERMAN),
    Country("EUR", 1, ("20", "5.5"), ("SARL", "SAS", "SA", "et Fils"), _FRENCH),
    Country("EUR", 1, ("22",), ("S.r.l.", "S.p.A.", "e Figli"), _ITALIAN),
    Country("EUR", 1, ("21",), ("S.L.", "S.A.", "Hermanos"), _SPANISH),
    Country("EUR", 1, ("21", "9"), ("B.V.", "N.V.", "V.O.F."), _DUTCH),
    Country("EUR", 1, ("25.5",), ("Oy", "Oyj"), _FINNISH),
    Country("EUR", 1, ("0", "23"), ("Ltd", "DAC"), _ENGLISH),
    Country("GBP", 1, ("20", "0"), ("Ltd", "Limited", "plc", "LLP", "& Sons", "& Co."), _ENGLISH),
    Country("GBP", 1, ("20",), ("Ltd", "Limited", "plc", "& Daughters"), _ENGLISH),
    Country("USD", 1, ("0", "6", "7.25", "8.875", "4.5"), ("Inc.", "LLC", "Corp.", "Co.", "& Bros.", "LP"), _AMERICAN),
    Country("USD", 1, ("0", "6.25", "8"), ("Inc.", "LLC", "Corp.", "Company"), _AMERICAN),
    Country("CAD", 1, ("5", "13", "15"), ("Inc.", "Ltd.", "Corp."), _AMERICAN),
    Country("AUD", 2, ("10",), ("Pty Ltd", "Pty. Limited"), _ENGLISH),
    Country("CHF", 1, ("8.1", "0"), ("AG", "GmbH", "SA"), _GERMAN + _FRENCH),
    Country("SEK", 10, ("25",), ("AB", "HB"), _NORDIC),
    Country("NOK", 10, ("25",), ("AS", "ASA"), _NORDIC),
    Country("DKK", 7, ("25",), ("A/S", "ApS", "K/S"), _NORDIC),
    Country("PLN", 4, ("23", "8"), ("Sp. z o.o.", "S.A.", "Sp. j."), _POLISH),
    Country("CZK", 25, ("21",), ("s.r.o.", "a.s."), _CZECH),
    Country("INR", 80, ("18", "12"), ("Pvt. Ltd.", "LLP", "& Sons"), _INDIAN),
)
_ONSETS = words(
    "Al Be Cor Da El Fen Gal Hy In Jo Kal Lu Mar Nor Ol Pro Qua Ri Sol Ter Uni Va Wes Xen Yor Zan Tri Omni Axi Nov"
)
_ENDINGS = words(
    "dex via tron lan mec pac ser tis vex nor dor gen lix mond ra tec tor vis quip flow line core star graf plan"
)
_GENERAL = words(
    "Supply Supplies Trading Industrial Products Solutions Service Services Group International Direct Partners"
)


def vendor_name(random: Random, country: Country, trade_words: tuple[str, ...]) -> str:
    """A name such as `Falkner Dichtungen KG` or `Galtron Lab Supplies LLC`."""
    root = pick(random, country.roots)
    style = random.random()
    if style < 0.30:
        root = pick(random, _ONSETS) + pick(random, _ENDINGS)
    elif style < 0.42:
        root = f"{root} & {pick(random, country.roots)}"
    elif style < 0.48:
        root = "".join(chr(65 + int(random.random() * 26)) for _ in range(2 + int(random.random() * 2)))
    word = f" {pick(random, trade_words)}" if chance(random, 0.75) else ""
    general = f" {pick(random, _GENERAL)}" if not word or chance(random, 0.18) else ""
    form = f" {pick(random, country.forms)}" if chance(random, 0.9) else ""
    return f"{root}{word}{general}{form}"


def supplier_id(random: Random) -> str:
    """A supplier number in one of the styles of vendor masters."""
    number = int(random.random() * 900_000) + 100_000
    return pick(
        random,
        (
            f"V-{number % 10_000:04d}",
            f"V{number % 10_000:04d}",
            f"{number // 10}",
            f"S{number % 10_000:04d}",
            f"K{number % 100_000:05d}",
            f"VN{number % 1_000:03d}",
            f"L{number % 10_000:04d}",
            f"7{number % 10_000:04d}",
            f"SUP-{number % 1_000:03d}",
            f"{number}",
        ),
    )


def look_alike(random: Random, identifier: str) -> str:
    """The identifier with one digit changed or two neighbours swapped: never the same."""
    places = [place for place, character in enumerate(identifier) if character.isdigit()]
    for first, second in zip(places[::-1], places[-2::-1], strict=False):
        if first - second == 1 and identifier[first] != identifier[second] and chance(random, 0.6):
            letters = list(identifier)
            letters[first], letters[second] = letters[second], letters[first]
            return "".join(letters)
    place = pick(random, places[1:] or places)
    digit = str((int(identifier[place]) + 1 + int(random.random() * 9)) % 10)
    return identifier[:place] + (digit if digit != identifier[place] else "0") + identifier[place + 1 :]
