from werkzeug.routing import BaseConverter


class MonthConverter(BaseConverter):
    regex = "[0-9]{4}-[0-9]{2}"


class RegexConverter(BaseConverter):
    def __init__(self, map, *items):
        super().__init__(map)
        self.regex = items[0]
