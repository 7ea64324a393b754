def slug_of(text: str) -> str:
    return text.lower().replace(" ", "-")
