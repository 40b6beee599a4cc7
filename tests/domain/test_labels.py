from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from planner.domain.labels import ELLIPSIS, Box, Spot, fit, place_labels, shown, text_width

BOUNDS = Box(0, 0, 800, 500)
NAMES = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=40)
SPOTS = st.lists(
    st.builds(Spot, x=st.floats(5, 795), y=st.floats(5, 495), radius=st.floats(3, 20), text=NAMES), max_size=60
)
BOXES = st.lists(
    st.builds(
        lambda x, y, w, h: Box(x, y, x + w, y + h),
        *[st.floats(0, 700), st.floats(0, 400)] * 1,
        st.floats(1, 100),
        st.floats(1, 60),
    ),
    max_size=5,
)


@given(SPOTS, BOXES)
def test_labels_overlap_neither_each_other_nor_points_nor_obstacles_and_stay_inside(
    spots: list[Spot], obstacles: list[Box]
) -> None:
    boxes = [label.box for label in place_labels(spots, BOUNDS, obstacles, 12, 150) if label]
    points = [Box(s.x - s.radius, s.y - s.radius, s.x + s.radius, s.y + s.radius) for s in spots]

    for number, box in enumerate(boxes):
        assert box.inside(BOUNDS)
        assert not any(box.overlaps(other) for other in (*boxes[:number], *points, *obstacles))


@given(SPOTS)
def test_placing_twice_gives_the_same(spots: list[Spot]) -> None:
    assert place_labels(spots, BOUNDS, (), 12, 150) == place_labels(spots, BOUNDS, (), 12, 150)


@given(SPOTS)
def test_the_first_comes_first(spots: list[Spot]) -> None:
    free = Spot(400, 250, 5, "First")
    label = place_labels([free], BOUNDS, (), 12, 150)[0]

    assert label is not None
    assert (label.text, label.anchor, label.leader) == ("First", "start", None)


def test_a_label_that_stands_apart_has_a_leader_from_the_rim_of_its_point() -> None:
    around = [Box(384, 234, 416, 266)]
    label = place_labels([Spot(400, 250, 5, "Churn")], BOUNDS, around, 12, 150)[0]

    assert label is not None
    assert label.leader is not None
    x, y = label.leader[:2]
    assert abs(((x - 400) ** 2 + (y - 250) ** 2) ** 0.5 - 5) < 1e-6


def test_where_no_room_is_left_there_is_no_label() -> None:
    assert place_labels([Spot(400, 250, 5, "Churn")], BOUNDS, [BOUNDS], 12, 150) == [None]


@given(NAMES, st.floats(20, 200))
def test_a_fitted_text_is_as_wide_as_allowed_at_most(text: str, width: float) -> None:
    assert text_width(fit(text, 12, width), 12) <= width


def test_a_long_name_ends_in_an_ellipsis() -> None:
    assert fit("Predictive maintenance of pumps", 12, 120).endswith(ELLIPSIS)
    assert fit("Churn", 12, 120) == "Churn"


def test_characters_that_turn_the_direction_or_break_the_line_are_left_out() -> None:
    assert shown("a\u202eb\u2067c\nd\x07") == "abcd"
    assert shown("می‌خواهم") == "می‌خواهم"  # the joiner within it is part of the word


def test_widths_follow_the_letters() -> None:
    assert text_width("WWWW", 10) > text_width("iiii", 10) * 3
    assert text_width("漢字", 10) > text_width("ab", 10)
    assert text_width("e\u0301", 10) == text_width("e", 10)
