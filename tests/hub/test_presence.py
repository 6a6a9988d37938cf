from hub.ids import uuid7
from hub.presence import Availability, Presence, PresenceTable

ANA = uuid7()


def test_the_first_connection_is_news_and_the_second_is_not() -> None:
    table = PresenceTable()
    assert table.connected(ANA, "Ana") == Presence(ANA, "Ana", Availability.ONLINE)
    assert table.connected(ANA, "Ana") is None
    assert table.of(ANA) is Availability.ONLINE


def test_two_tabs_and_one_closed_is_still_online() -> None:
    table = PresenceTable(linger=30)
    table.connected(ANA, "Ana")
    table.connected(ANA, "Ana")
    table.disconnected(ANA, 100)
    assert table.leave(1000) == []
    assert table.of(ANA) is Availability.ONLINE


def test_a_reload_is_no_news() -> None:
    table = PresenceTable(linger=30)
    table.connected(ANA, "Ana")
    table.disconnected(ANA, 100)
    assert table.leave(129) == []
    assert table.connected(ANA, "Ana") is None
    assert table.leave(1000) == []


def test_whoever_stays_away_has_left() -> None:
    table = PresenceTable(linger=30)
    table.connected(ANA, "Ana")
    table.disconnected(ANA, 100)
    assert table.leave(130) == [Presence(ANA, "Ana", Availability.OFFLINE)]
    assert table.leave(131) == []
    assert table.everybody() == []
    assert table.connected(ANA, "Ana") == Presence(ANA, "Ana", Availability.ONLINE)


def test_what_a_person_chose_is_shown_until_he_leaves() -> None:
    table = PresenceTable(linger=30)
    assert table.choose(ANA, Availability.AWAY, None) is None
    table.connected(ANA, "Ana")
    assert table.choose(ANA, Availability.AWAY, "lunch") == Presence(ANA, "Ana", Availability.AWAY, "lunch")
    assert table.choose(ANA, Availability.AWAY, "lunch") is None
    assert table.everybody() == [Presence(ANA, "Ana", Availability.AWAY, "lunch")]
    table.choose(ANA, Availability.OFFLINE, None)
    assert table.everybody() == []
    table.disconnected(ANA, 0)
    assert table.leave(30) == []
