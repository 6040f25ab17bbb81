"""How far a title of office reaches from its head: to the left over ranks and portfolios, to the right over "of/for/to …"."""

from __future__ import annotations

from nlp import lexicons
from nlp.office_words import Head, Words, country_end, head_at, head_follows, heads, is_body_acronym, title_starts, vocabulary, word_set

_ARTICLES = {"the", "a", "an", "his", "her", "its", "their", "our"}
_PREPOSITIONS = {"of", "for", "on"}
_CONNECTORS = {"and", "&", ",", "/"}


def grow_left(words: Words, i: int, floor: int) -> tuple[int, bool]:
    """The title's first word, and whether portfolio words stand there."""
    known = vocabulary()
    terms, rank, bodies, status, never = known.terms, known.ranks, known.bodies, known.status, known.never_left
    capital = words.capital(i)
    start, has_terms, joined = i, False, False
    p = i - 1
    while p >= floor:
        word = words.lower[p]
        if words.text[p] in "-–" and words.touching(p) and p > floor:
            p -= 1
            continue
        if word in ("and", "&") and start <= i and has_terms and _is_term(words, p - 1, capital) and words.lower[p - 1] not in never:
            joined = True
            p -= 1
            continue
        if word == "," and joined and _is_term(words, p - 1, capital):
            p -= 1
            continue
        if word == "bank" and words.lower[p - 1 : p] == ["central"] and p > floor and start == i:
            return p - 1, True
        if not words.is_word(p) or (capital and not words.capital(p)) or word in bodies:
            break
        if word in status:
            start = p
            break
        if word == "under" and not words.lower[p + 1].startswith(("secretar", "state", "-", "–")):
            break  # "Under President X, …" is a time, no rank
        if words.text[p].isupper() and is_body_acronym(words.text[p]):
            break
        if words.capital(p) and (lexicons.code_of(words.text[p]) or (p and lexicons.code_of(f"{words.text[p - 1]} {words.text[p]}"))):
            break
        if word in terms and (capital or word not in never):
            has_terms = True
        elif word not in rank or (not capital and words.capital(p) and p and words.text[p - 1] not in ".\n"):
            break
        start = p
        p -= 1
    while start < i and words.lower[start] in ("and", "&", ","):
        start += 1
    return start, has_terms


def _is_term(words: Words, p: int, capital: bool) -> bool:
    return p >= 0 and words.lower[p] in vocabulary().terms and (not capital or words.capital(p))


def grow_right(words: Words, i: int, after: int, head: Head) -> tuple[int, bool]:
    """The index after the title's complement, and whether that holds portfolio words or another office."""
    end, has_terms = after, False
    if words.lower[after : after + 2] == ["without", "portfolio"]:
        return after + 2, True
    if words.lower[after : after + 5] in (["of", "the", "council", "of", "ministers"], ["of", "the", "joint", "chiefs", "of"]):
        return after + 5 + (words.lower[after + 5 : after + 6] == ["staff"]), True
    last = head.words[-1].removesuffix("s") if head.plural else head.words[-1]
    if head.role in ("minister", "deputy_minister") and _bare_complement(words, after):
        stop, known = _complement(words, after, capital=True, abroad=False)
        if stop is not None and known:
            end, has_terms = stop, True
    for _ in range(3):
        j = end
        if end > after and words.lower[j : j + 1] in (["designate"], ["elect"]):
            return end + 1, has_terms
        if words.lower[j : j + 1] == ["on"] and last not in ("adviser", "advisor", "envoy", "representative", "coordinator", "rapporteur"):
            break
        if words.lower[j : j + 2] in (["responsible", "for"], ["in", "charge"]):
            j += 2 + (words.lower[j + 1] == "charge")
        elif (
            j < len(words)
            and words.lower[j] in _PREPOSITIONS
            and not (head.words[0] in word_set("top") and len(head.words) < 3 and words.lower[j] == "of")
        ):
            j += 1
        elif words.lower[j : j + 1] == ["to"] and (last in word_set("takes_to") or last in word_set("posted_abroad")):
            target = _target(words, j + 1, abroad=last in word_set("posted_abroad"))
            if target:
                return target, True
            break
        else:
            break
        first = j + (words.lower[j : j + 1] == ["the"])
        capital = words.capital(i) and words.capital(first)
        stop, known = _complement(words, j, capital=capital, abroad=last in word_set("posted_abroad") and words.lower[j - 1] != "of")
        if stop is None:
            break
        end, has_terms = stop, has_terms or known
    return end, has_terms


def _bare_complement(words: Words, j: int) -> bool:
    """Do capitalised portfolio words follow the head without a preposition ("Deputy Secretary Cyber and Infrastructure Security")?"""
    terms = vocabulary().terms
    if not (words.capital(j) and words.lower[j] in terms and words.lower[j] not in heads() and not lexicons.is_given_name(words.text[j])):
        return False
    follower = j + 2 if words.lower[j + 1 : j + 2] in (["and"], ["&"], [","]) else j + 1
    return words.capital(follower) and words.lower[follower] in terms and words.lower[follower] not in heads()


def _target(words: Words, j: int, *, abroad: bool) -> int | None:
    """The index after "the President", "Mexico", "the United Nations" behind "to"."""
    if j < len(words) and words.lower[j] in _ARTICLES:
        j += 1
    if j >= len(words):
        return None
    if abroad:
        return country_end(words, j)
    for k in range(j, min(j + 7, len(words))):
        got = head_at(words, k) if words.lower[k] in heads() else None
        if got and not (got[0].words[-1] in vocabulary().ranks and head_follows(words, got[1], words.capital(k))):
            return grow_right(words, k, got[1], got[0])[0]
        if words.lower[k] == "treasury":
            return k + 1
        if (
            words.lower[k] not in vocabulary().terms
            and words.lower[k] not in vocabulary().ranks
            and not (k > j and words.lower[k] == "and")
        ):
            return None
    return None


def _complement(words: Words, j: int, *, capital: bool, abroad: bool) -> tuple[int | None, bool]:
    """The index after the words behind "of/for", and whether known ones are among them; None where they name a body, country or person."""
    terms, rank, bodies = vocabulary().terms, vocabulary().ranks, vocabulary().bodies
    if j < len(words) and words.lower[j] in _ARTICLES:
        j += 1
    if j >= len(words) or (not abroad and country_end(words, j)):
        return None, False
    end, known, strange, k = None, False, False, j
    while k < len(words):
        word = words.lower[k]
        upper = words.capital(k)
        if not words.is_word(k):
            if words.text[k] in "-–/" and words.touching(k) and words.is_word(k + 1):
                k += 1
                continue
            if word not in _CONNECTORS or k == j:
                break
            nxt = k + 1
            if word == "," and words.lower[nxt : nxt + 1] in (["and"], ["&"]):
                nxt += 1
            if words.lower[nxt : nxt + 1] == ["the"]:
                nxt += 1
            if not (_continues(words, nxt, capital) and (word != "," or _list_goes_on(words, k, capital))):
                break
            k = nxt
            continue
        if word in ("and", "of", "the", "for", "in") and k > j:
            nxt = k + 1
            if words.lower[nxt : nxt + 1] == ["the"]:
                nxt += 1
            if word in ("for", "in") or (nxt < len(words) and country_end(words, nxt) and not abroad):
                break
            if word == "and" and title_starts(words, k + 1):
                break
            if not (_continues(words, nxt, capital) or (word == "and" and known and _stands_alone(words, nxt, capital))):
                break
            k = nxt
            continue
        if word in bodies:
            return None, False
        if word in heads() and k > j and words.text[k] not in ("General",) and word not in terms:
            break
        if (word in terms or word in rank) and (upper or not capital or word in terms):
            if capital and not upper and end is not None and words.lower[k - 1] not in ("and", ",", "of", "the", "-"):
                break
            if not capital and upper and end is not None and not words.capital(end - 1):
                break
            end, known, k = k + 1, known or word in terms, k + 1
            continue
        # An unknown capitalised word belongs to the title behind a connector or before a known one; else it begins a name.
        if upper and (k == j or words.lower[k - 1] in ("and", "of", "the", "for", ",", "-")) and (capital or abroad):
            if _person_follows(words, k):
                break
            end, strange, k = k + 1, True, k + 1
            continue
        if upper and capital and words.capital(k + 1) and words.lower[k + 1] in terms and not lexicons.is_given_name(words.text[k]):
            end, strange, k = k + 1, True, k + 1
            continue
        break
    if end is None or not (known or strange) or (words.text[end : end + 1] in (["'"], ["’"]) and words.lower[end + 1 : end + 2] == ["s"]):
        return None, False
    return end, known


def _stands_alone(words: Words, j: int, capital: bool) -> bool:
    """A capitalised word that no list knows and no name or title begins with: "Hajj and Umrah"."""
    return (
        capital
        and words.capital(j)
        and (not words.capital(j + 1) or lexicons.is_honorific(words.text[j + 1]))
        and not lexicons.is_given_name(words.text[j])
        and not country_end(words, j)
    )


def _continues(words: Words, j: int, capital: bool) -> bool:
    if j >= len(words) or not words.is_word(j) or (words.lower[j] in heads() and words.lower[j] not in vocabulary().terms):
        return False
    if words.lower[j] in vocabulary().terms:
        return words.capital(j) or not capital
    return (
        words.capital(j)
        and capital
        and words.lower[j + 1 : j + 2] != []
        and words.lower[j + 1] in vocabulary().terms
        and words.capital(j + 1)
    )


def _list_goes_on(words: Words, k: int, capital: bool) -> bool:
    """Is the comma at k inside "Economy, Trade and Industry": does "and" with a portfolio follow before the list ends?"""
    terms = vocabulary().terms
    for j in range(k + 1, min(k + 16, len(words))):
        word = words.lower[j]
        if word in ("and", "&"):
            nxt = j + 1 + (words.lower[j + 1 : j + 2] == ["the"])
            return _continues(words, nxt, capital) and not title_starts(words, nxt)
        if (
            word != ","
            and word not in terms
            and not (words.text[j] in "-" or (words.capital(j) and capital and words.lower[j + 1 : j + 2] and words.lower[j + 1] in terms))
        ):
            # "Economy Trade, Industry": a pair without "and" only where the next comma or end comes at once
            return False
    return False


def _person_follows(words: Words, k: int) -> bool:
    """Does a name of two words or more that is none of the portfolio words begin at k?"""
    terms = vocabulary().terms
    return lexicons.is_given_name(words.text[k]) and words.capital(k + 1) and words.lower[k + 1] not in terms
