"""The first wording of each consent: what is asked until an administrator writes another (CU-2)."""

from typing import NamedTuple


class Wording(NamedTuple):
    russian: str
    english: str


FIRST_VERSION = 1
FIRST_TEXTS: dict[str, Wording] = {
    "programme": Wording(
        "Я хочу участвовать в программе лояльности и соглашаюсь, чтобы магазин хранил мои имя, контакты, дату рождения "
        "и историю покупок: по ним начисляются баллы, определяется уровень и подбираются скидки. Согласие можно "
        "отозвать в личном кабинете в любой день.",
        "I want to take part in the loyalty programme and agree that the shop keeps my name, contacts, birthday and "
        "purchases: points, tier and discounts are worked out from them. I may withdraw this in my account on any day.",
    ),
    "email": Wording(
        "Присылайте мне письма на электронную почту: о заказах и баллах, об уровне, о наградах за друзей и о "
        "предложениях магазина. Отписаться можно в личном кабинете в любой день.",
        "Send me e-mails: about my orders and points, my tier, rewards for friends and the shop's offers. I may stop "
        "them in my account on any day.",
    ),
    "sms": Wording(
        "Присылайте мне СМС на указанный номер: о заказах, баллах и предложениях магазина. Отказаться можно в личном "
        "кабинете в любой день.",
        "Send me text messages to my number: about orders, points and the shop's offers. I may stop them in my account "
        "on any day.",
    ),
    "messenger": Wording(
        "Пишите мне в мессенджеры: о заказах, баллах и предложениях магазина. Отказаться можно в личном кабинете в "
        "любой день.",
        "Write to me in messengers: about orders, points and the shop's offers. I may stop this in my account on any "
        "day.",
    ),
}
