# Makes a code out of a name: small latin letters, digits and _, Ukrainian letters as they are written in latin.
LATIN = {
    'а': 'a', 'б': 'b', 'в': 'v', 'г': 'h', 'ґ': 'g', 'д': 'd', 'е': 'e', 'є': 'ie', 'ж': 'zh', 'з': 'z', 'и': 'y', 'і': 'i', 'ї': 'i', 'й': 'i',
    'к': 'k', 'л': 'l', 'м': 'm', 'н': 'n', 'о': 'o', 'п': 'p', 'р': 'r', 'с': 's', 'т': 't', 'у': 'u', 'ф': 'f', 'х': 'kh', 'ц': 'ts', 'ч': 'ch',
    'ш': 'sh', 'щ': 'shch', 'ю': 'iu', 'я': 'ia', 'ь': '', '’': '', "'": '', 'ё': 'e', 'ы': 'y', 'э': 'e', 'ъ': '',
}


def code_of(name, otherwise):
    code = ''
    for letter in name.lower():
        letter = LATIN.get(letter, letter)
        if letter not in ('', '_') and not (letter.isascii() and letter.isalnum()):
            letter = '_'
        if letter != '_' or (code and code[-1] != '_'):
            code += letter
    return code[:28].strip('_') or otherwise


def free_code(records, code):
    taken = set(records.mapped('x_code'))
    free = code
    number = 2
    while free in taken:
        free = code + '_' + str(number)
        number += 1
    return free
