class SeasonConverter:
    regex = "(?:spring|summer|autumn|winter)-[0-9]{4}"

    def to_python(self, value):
        name, year = value.split("-")
        return name, int(year)

    def to_url(self, value):
        return "-".join(map(str, value))
