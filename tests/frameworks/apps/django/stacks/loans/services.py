class Register:
    def lend(self, book):
        return {"book": book}
