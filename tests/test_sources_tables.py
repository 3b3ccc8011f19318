"""Tables: told apart by their columns, values validated with a reason a row, exports of tools recognised."""

import gzip
from collections import Counter
from datetime import UTC, date, datetime
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from readership import sites, sources
from readership.models import Reject
from readership.sources import SCHEMAS, Limits, TableInput


def key_of(url: str) -> tuple[str, str] | None:
    """Like the house's: host, and the number after the last underscore, else the path."""
    host, _, path = url.removeprefix("https://").partition("/")
    if "." not in host or not path:
        return (host.removeprefix("www."), "/") if host else None
    return host.removeprefix("www."), path.strip("/").rpartition("_")[2]


def table(path: Path, data: str | bytes, **options) -> tuple[TableInput, list[dict], list[Reject]]:
    path.write_bytes(data if isinstance(data, bytes) else data.encode())
    return opened(path, **options)


def opened(path: Path, **options) -> tuple[TableInput, list[dict], list[Reject]]:
    rejects: list[Reject] = []
    [found] = sources.open_inputs([path], **({"key_of": key_of} | options))
    assert isinstance(found, TableInput), found
    rows = []
    for batch in found.batches(rejects.append):
        assert batch.schema == SCHEMAS[found.kind]
        rows += batch.to_pylist()
    return found, rows, rejects


def refusal(path: Path, data: str, **options) -> Reject:
    path.write_text(data)
    [found] = sources.open_inputs([path], **({"key_of": key_of} | options))
    assert isinstance(found, Reject)
    return found


HEADER = "site,article_key,observed_at,views\n"


def test_counters_keep_zeros_in_front_of_ids_and_whole_seconds_in_utc(tmp_path):
    found, rows, rejects = table(tmp_path / "c.csv", HEADER + "el.kz,007,2024-05-01T10:00:00.9+06:00,12\nel.kz,8,,0\n")
    assert (found.kind, found.meter, rejects) == ("counters", "public", [])
    assert rows == [
        {
            "site": "el.kz",
            "article_key": "007",
            "observed_at": datetime(2024, 5, 1, 4, tzinfo=UTC),
            "views": 12,
            "row": 1,
        },
        {"site": "el.kz", "article_key": "8", "observed_at": None, "views": 0, "row": 2},
    ]


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("el.kz,1,2024-05-01T10:00:00,5", "no offset"),
        ("el.kz,1,2024-05-01,5", "no offset"),
        ("el.kz,1,yesterday,5", "RFC 3339"),
        ("el.kz,1,2024-02-30T10:00:00Z,5", "RFC 3339"),
        ("el.kz,1,,", "views is missing"),
        ("el.kz,1,,-5", "whole number"),
        ("el.kz,1,,12.5", "whole number"),
        ("el.kz,1,,0x1F", "whole number"),
        ("el.kz,1,,1e3", "whole number"),
        ('el.kz,1,,"1,234"', "whole number"),
        ("el.kz,1,,99999999999999999999", "whole number"),
        ("el.kz,1,,٣", "whole number"),
        ("el.kz,,,5", "no article"),
        (",1,,5", "no article"),
        ("el.kz,1,5", "3 cells"),
    ],
)
def test_a_wrong_row_is_rejected_with_its_number_and_reason_and_the_others_stand(tmp_path, line, reason):
    _, rows, rejects = table(tmp_path / "c.csv", HEADER + f"el.kz,1,,1\n\n{line}\nel.kz,2,,2\n")
    assert [(row["views"], row["row"]) for row in rows] == [(1, 1), (2, 3)]
    assert [reject.row for reject in rejects] == [2]
    assert reason in rejects[0].reason


def test_every_row_is_taken_or_rejected_once(tmp_path):
    lines = [
        f"el.kz,{i},{'bad' if i % 3 == 0 else ''},{i if i % 2 else 'x'}" + (",,," * (i % 7 == 0)) for i in range(500)
    ]
    _, rows, rejects = table(tmp_path / "c.csv", HEADER + "\n".join(lines))
    assert sorted([row["row"] for row in rows] + [reject.row for reject in rejects]) == list(range(1, 501))


def test_more_rejects_than_are_told_one_by_one_are_summed_up(tmp_path):
    tally: Counter[str] = Counter()
    options = {"limits": Limits(max_row_rejects=3), "tally": tally}
    _, rows, rejects = table(tmp_path / "c.csv", HEADER + "el.kz,1,,x\n" * 10, **options)
    assert rows == []
    assert [reject.row for reject in rejects] == [1, 2, 3, None]
    assert "7 more rows" in rejects[3].reason
    assert tally == {"rows rejected": 10}


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("charset", ["utf-8", "utf-8-sig", "windows-1251", "utf-16", "utf-16-le"])
@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_delimiters_charsets_and_newlines(tmp_path, delimiter, charset, newline):
    lines = ["site,article_key,observed_at,views", "el.kz,семь,2024-05-01T10:00:00Z,12", "el.kz,8,,3", ""]
    data = newline.join(lines).replace(",", delimiter).encode(charset)
    _, rows, rejects = table(tmp_path / "c.csv", data)
    assert rejects == []
    assert [(row["article_key"], row["views"]) for row in rows] == [("семь", 12), ("8", 3)]


def test_windows_1251_is_noticed_long_after_the_beginning(tmp_path):
    data = (HEADER + "el.kz,1,,1\n" * 60_000 + "el.kz,семь,,2\n").encode("windows-1251")
    _, rows, rejects = table(tmp_path / "c.csv", data)
    assert (len(rows), rows[-1]["article_key"], rejects) == (60_001, "семь", [])


def test_broken_utf8_costs_only_its_own_row(tmp_path):
    data = (HEADER + "el.kz,семь,,1\n").encode() + b"el.kz,\xff\xfe,,2\nel.kz,9,,3\n"
    _, rows, rejects = table(tmp_path / "c.csv", data)
    assert ([row["views"] for row in rows], [reject.row for reject in rejects]) == ([1, 3], [2])


def test_articles_with_texts_of_several_lines(tmp_path):
    data = (
        "url,language,section,title,published_at,body,extra\n"
        'https://el.kz/a_73882/,kk,Қоғам,"Title, with comma",2023-05-10T09:02+06:00,"First\nsecond",x\n'
        "https://el.kz/b_1/,,,Day alone,2023-05-10,,\nhttps://el.kz/b_2/,,,Naive,2023-05-10T09:02,,\n"
        "https://el.kz/b_3/,,,Unknown,,,\nhttps://el.kz/b_4/,,,Wrong,10 May,,\nhttps://el.kz/b_5/,,,,,,\n"
    )
    found, rows, rejects = table(tmp_path / "a.csv", data)
    assert (found.kind, found.meter, found.unused) == ("articles", "", ("extra",))
    assert rows[0] == {
        "site": "el.kz", "article_key": "73882", "url": "https://el.kz/a_73882/", "language": "kk", "section": "Қоғам",
        "title": "Title, with comma", "published_at": "2023-05-10T09:02+06:00", "body": "First\nsecond", "row": 1,
    }  # fmt: skip
    assert [row["published_at"] for row in rows[1:]] == ["2023-05-10", "2023-05-10T09:02", None]
    assert [(reject.row, reject.reason.split()[0]) for reject in rejects] == [(6, "title"), (5, "published_at")]


def test_names_of_columns_are_mapped(tmp_path):
    data = "Портал;Номер;Когда;Просмотры;views\nwww.el.kz;7;2024-05-01T10:00:00Z;5;999\n"
    mapped = {"портал": "site", "Номер": "article_key", "Когда": "observed_at", "Просмотры": "views"}
    found, rows, _ = table(tmp_path / "c.csv", data, column_map=mapped)
    assert [(row["site"], row["article_key"], row["views"]) for row in rows] == [("el.kz", "7", 5)]
    assert found.unused == ("views",)


def test_columns_that_are_no_table_of_ours_are_refused_by_name(tmp_path):
    assert "colour" in refusal(tmp_path / "x.csv", "colour,size\nred,1\n").reason
    assert "Two columns" in refusal(tmp_path / "y.csv", "site,article_key,observed_at,views,Views\n").reason
    assert "--map" in refusal(tmp_path / "z.csv", "site,article_key,views\nel.kz,1,2\n").hint


def test_json_lines_plain_and_odd_give_the_same_rows(tmp_path):
    plain = '{"site":"el.kz","article_key":"007","observed_at":"2024-05-01T10:00:00Z","views":5}\n'
    odd = '{"site":"el.kz","article_key":7,"views":"5","observed_at":null,"other":[1]}\n'
    wrong = 'no json\n[1]\n{"site":"el.kz","article_key":"1","observed_at":null,"views":true}\n'
    _, rows, rejects = table(tmp_path / "c.jsonl", plain + "\n" + odd + wrong)
    assert [(row["article_key"], row["views"], row["row"]) for row in rows] == [("007", 5, 1), ("7", 5, 3)]
    assert [reject.row for reject in rejects] == [4, 5, 6]
    _, packed, _ = table(tmp_path / "d.ndjson.gz", gzip.compress(plain.encode()))
    assert packed == rows[:1]


def test_parquet_with_typed_columns(tmp_path):
    columns = {
        "site": pa.array(["el.kz", "el.kz", None]).dictionary_encode(),
        "article_key": pa.array([7, 8, 9]),
        "observed_at": pa.array([datetime(2024, 5, 1, 10), None, None], pa.timestamp("ns", "Asia/Almaty")),
        "views": pa.array([5.0, 2.5, 1.0]),
    }
    pq.write_table(pa.table(columns), tmp_path / "c.parquet")
    _, rows, rejects = opened(tmp_path / "c.parquet")
    assert [(row["article_key"], row["observed_at"], row["views"]) for row in rows] == [
        ("7", datetime(2024, 5, 1, 10, tzinfo=UTC), 5)
    ]
    assert [(reject.row, reject.reason.split()[0]) for reject in rejects] == [(3, "The"), (2, "views")]


def test_parquet_times_without_zone_are_no_moments(tmp_path):
    columns = {"site": ["el.kz"], "article_key": ["7"], "observed_at": [datetime(2024, 5, 1)], "views": [1]}
    pq.write_table(pa.table(columns), tmp_path / "c.parquet")
    _, rows, rejects = opened(tmp_path / "c.parquet")
    assert rows == []
    assert "offset" in rejects[0].reason


def test_each_url_is_resolved_once(tmp_path):
    asked: list[str] = []
    data = "url,observed_at,views\n" + "https://el.kz/a_1/,,1\nhttps://el.kz/a_2/,,1\n" * 1000
    _, rows, _ = table(tmp_path / "c.csv", data, key_of=lambda url: asked.append(url) or key_of(url))
    assert len(rows) == 2000
    assert sorted(asked) == ["https://el.kz/a_1/", "https://el.kz/a_2/"]


# Views per day


def gains(rows: list[dict]) -> list[tuple]:
    return [(row["site"], row["article_key"], row["day"], row["views"], row["meter"]) for row in rows]


@pytest.mark.parametrize("day", ["2024-01-31", "20240131", "31.01.2024"])
def test_views_per_day_of_an_unknown_tool_need_a_meter(tmp_path, day):
    data = f"url,day,views\nhttps://el.kz/a_1/,{day},5\nhttps://el.kz/a_1/,1/2/24,5\n"
    assert "--meter" in refusal(tmp_path / "g.csv", data).hint
    _, rows, rejects = table(tmp_path / "g.csv", data, meter="metrika")
    assert gains(rows) == [("el.kz", "1", date(2024, 1, 31), 5, "metrika")]
    assert "1/2/24" in rejects[0].reason


GA4 = "# ----------------------------------------\n# Pages and screens\n# Start date: 20240101\n# End date: 20240131\n"


def test_google_analytics_4_with_days_counted_from_the_start_and_a_chart_before(tmp_path):
    data = (
        GA4 + "Nth day,Users\n0000,7\n0001,9\n\n" + GA4 + "Page path and screen class,Nth day,Views,Users\n"
        '/a_1/,0000,"1,234",3\n/a_2/,0030,5,1\n(other),0001,77,\n,,1316,4\n'
    )
    tally: Counter[str] = Counter()
    found, rows, rejects = table(tmp_path / "ga.csv", data, site="el.kz", tally=tally)
    assert gains(rows) == [
        ("el.kz", "1", date(2024, 1, 1), 1234, "google-analytics"),
        ("el.kz", "2", date(2024, 1, 31), 5, "google-analytics"),
    ]
    assert (found.unused, rejects) == (("Users",), [])
    assert tally == {"total rows": 2, "sections not used": 1}


def test_google_analytics_4_exploration_with_dates_hosts_and_a_grand_total(tmp_path):
    data = (
        "# Free form 1\n# 20240101-20240131\n\nPage path and screen class,Hostname,Date,Views\n"
        ",,,6,Grand total\n/a_1/,www.el.kz,20240102,6\n"
    )
    tally: Counter[str] = Counter()
    _, rows, rejects = table(tmp_path / "ga.csv", data, tally=tally)
    assert gains(rows) == [("el.kz", "1", date(2024, 1, 2), 6, "google-analytics")]
    assert (rejects, tally) == ([], {"total rows": 1})


def test_google_analytics_export_of_one_day_has_that_day(tmp_path):
    head = "# Start date: 20240102\n# End date: 20240102\n"
    _, rows, _ = table(tmp_path / "ga.csv", head + "Page path and screen class,Views\n/a_1/,6\n", site="el.kz")
    assert gains(rows) == [("el.kz", "1", date(2024, 1, 2), 6, "google-analytics")]


@pytest.mark.parametrize(
    "data",
    [
        GA4 + "Page path and screen class,Views\n/a_1/,6\n",
        "Page path and screen class,Day,Views\n/a_1/,02,6\n",
        "Page,Pageviews\n/a_1/,6\n",
        "label,nb_hits\n/a_1/,6\n",
        "name,visitors,pageviews,bounce_rate,time_on_page\n/a_1/,1,2,,\n",
    ],
)
def test_exports_without_a_day_are_refused_with_what_to_do(tmp_path, data):
    found = refusal(tmp_path / "x.csv", data, site="el.kz")
    assert "no day" in found.reason
    assert found.hint


def test_universal_analytics_stops_before_the_totals_by_day(tmp_path):
    data = (
        "# All Web Site Data\n# 20240101-20240102\n\nPage,Date,Pageviews\n/a_1/,20240101,6\n,,6\n\n"
        "Day Index,Pageviews,Users\n20240101,6,1\n"
    )
    _, rows, rejects = table(tmp_path / "ua.csv", data, site="el.kz")
    assert gains(rows) == [("el.kz", "1", date(2024, 1, 1), 6, "google-analytics")]
    assert rejects == []


def test_matomo_in_its_utf16_with_folders_of_pages_left_out(tmp_path):
    data = "date,label,nb_visits,nb_hits,metadata_url\n2024-01-31,/a,1,2,https://el.kz/a_4/\n2024-01-31,news,1,9,\n"
    tally: Counter[str] = Counter()
    _, rows, rejects = table(tmp_path / "m.csv", data.encode("utf-16"), tally=tally)
    assert gains(rows) == [("el.kz", "4", date(2024, 1, 31), 2, "matomo")]
    assert (rejects, tally) == ([], {"total rows": 1})


def test_plausible_imported_pages(tmp_path):
    data = '"date","hostname","page","visits","visitors","pageviews"\n"2024-01-31","el.kz","/a_5/","3","2","8"\n'
    _, rows, _ = table(tmp_path / "imported_pages.csv", data)
    assert gains(rows) == [("el.kz", "5", date(2024, 1, 31), 8, "plausible")]
    assert rows[0]["url_or_path"] == "/a_5/"


def test_front_pages_are_counted_and_urls_of_no_site_are_rejected(tmp_path):
    data = "date,label,nb_hits,metadata_url\n2024-01-31,/,2,https://el.kz/\n2024-01-31,x,2,http://[\n"
    tally: Counter[str] = Counter()
    by_house = sites.load().key
    _, rows, rejects = table(tmp_path / "m.csv", data, key_of=by_house, tally=tally)
    assert (rows, [reject.row for reject in rejects]) == ([], [2])
    assert tally == {"front page rows": 1, "rows rejected": 1}
    data = "url,observed_at,views\nhttps://el.kz/,,5\nnot a url,,5\nhttps://www.el.kz/en/a_73882/,,5\n"
    _, rows, rejects = table(tmp_path / "c.csv", data, key_of=by_house)
    assert [(row["site"], row["article_key"]) for row in rows] == [("el.kz", "73882")]
    assert [reject.row for reject in rejects] == [1, 2]


def test_paths_without_a_host_are_not_guessed(tmp_path):
    head = "# Start date: 20240102\n# End date: 20240102\n"
    _, rows, rejects = table(tmp_path / "ga.csv", head + "Page path and screen class,Views\n/a_1/,6\n")
    assert rows == []
    assert "no article" in rejects[0].reason
