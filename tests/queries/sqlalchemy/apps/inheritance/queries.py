from models import Cat, Company, Dog, Employee, Manager, Pet, Puppy
from sqlalchemy import func, select


def base():
    return select(Employee)


def joined():
    return select(Manager.id, Manager.name, Manager.bonus)


def joined_where():
    return select(Manager.id).where(Manager.name == "x", Manager.bonus > 3)


def joined_to_parent():
    return select(Company.name, Manager.bonus).join(Company.managers)


def joined_from_child():
    return select(Manager.bonus).join(Manager.company).where(Company.name == "x")


def joined_count():
    return select(func.count(Manager.id))


def base_join():
    return select(Company).join(Company.staff).where(Employee.name == "x")


def single():
    return select(Dog.id, Dog.name, Dog.tricks)


def single_whole():
    return select(Puppy.id)


def single_column():
    return select(Cat.lives)


def single_base():
    return select(Pet)


def single_where():
    return select(Dog.id).where(Dog.tricks > 3)


def single_joined():
    return select(Company.name).join(Dog, Dog.company_id == Company.id)


def single_outer():
    return select(Company.name, Cat.lives).outerjoin(Cat, Cat.company_id == Company.id)


def single_base_join():
    return select(Company.id).join(Company.pets).where(Pet.name == "x")


def single_count():
    return select(func.count()).select_from(Cat)


def base_any():
    return select(Company).where(Company.staff.any(Employee.name == "x"))


def single_any():
    return select(Company.id).where(Company.pets.any(Pet.species == "dog"))
