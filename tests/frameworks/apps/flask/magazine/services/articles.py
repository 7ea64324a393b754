class ArticleService:
    def __init__(self, store):
        self.store = store

    def all(self):
        return self.store.all()

    def find(self, slug):
        return self.store.get(slug)

    def add(self, article):
        return self.store.put(article)
