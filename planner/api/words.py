WORDS: dict[str,str] = {}
PARTS: dict[str,str] = {}
