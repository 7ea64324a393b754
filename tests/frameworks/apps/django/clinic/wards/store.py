class Patients:
    def of_ward(self, ward: str) -> list[dict]:
        return []

    def admit(self, ward: str) -> dict:
        return {"ward": ward}

    def discharge(self, number: int) -> None: ...


patients = Patients()
