"""Names of people at the desk, in the warehouse and at vendors."""

from random import Random

from exceptions.generator.world.drawing import chance, pick, words

_FIRST = words(
    "Ana Bea Carl Dora Emil Fay Gus Hana Ivo Jo Kim Lea Max Nina Otto Pia Rob Sam Tom Una Vic Wes Yara Zoe"
    " Lars Mia Noah Olga Ravi Siri Tariq Uwe Priya Chen Mateo Amira Ines Jan Kofi Lena Nils Omar Petra Rosa"
    " Stan Tess Ugo Vera"
)
_LAST = words(
    "Abel Brandt Conti Duffy Engel Faber Grant Hoyle Ivers Juhl Kemp Lorenz Moss Nagy Orr Pires Quist Rossi"
    " Stone Tamm Ulrich Vance Weber Yates Zeller Novak Okoro Sandhu Lim Costa Beck Dahlin Price Holt Byrne"
    " Wolf Roth Marsden Pike Lund Adler Bruun Cole Diaz Frost Gill Haas Ilic Jonas Khan"
)

#: Who signs second.
BOSSES = (
    "CFO", "controller", "plant head", "finance lead", "division head", "managing director", "COO", "treasurer",
    "head of finance", "VP operations", "general manager", "board member", "budget owner", "branch manager",
)  # fmt: skip


def person(random: Random) -> str:
    """`K. Lorenz`, `Kim Lorenz`, `Lorenz`, `Ms Lorenz` or `Kim`."""
    first, last = pick(random, _FIRST), pick(random, _LAST)
    style = int(random.random() * 6)
    if style < 2:
        return f"{first[0]}. {last}"
    return (f"{first} {last}", last, f"{pick(random, ('Ms', 'Mr'))} {last}", first)[style - 2]


def initials(random: Random) -> str:
    """`kl`, `KL` or `K.L.`."""
    first, last = pick(random, _FIRST)[0], pick(random, _LAST)[0]
    text = f"{first}.{last}." if chance(random, 0.2) else first + last
    return text.lower() if chance(random, 0.5) else text
