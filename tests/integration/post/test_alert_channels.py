"""Alerts by each kind of channel, and what becomes of them when one fails."""

from support.post import alerts_in

from connector.errors import ExitCode


def test_a_failing_channel_is_reported_through_another(alerting, mailbox, hook):
    hook.statuses = [500]
    alerting.drop_mail("URGENT: server down")
    report = alerting.sync()
    assert "An alert could not be sent by webhook 127.0.0.1" in alerts_in(mailbox)
    assert any(problem.startswith("webhook 127.0.0.1") for problem in report.problems)
    assert report.exit_code is ExitCode.UNREACHABLE
    alerting.pass_by(minutes=2)
    alerting.sync()
    assert [body["event"] for body in hook.taken] == ["emergency", "ticket"]


def test_after_a_lost_answer_an_alert_is_sent_again_under_the_same_id(alerting, mailbox):
    mailbox.hangs_up = 1
    alerting.drop_mail("URGENT: server down")
    alerting.sync("intake")
    alerting.pass_by(minutes=2)
    alerting.sync("notify")
    mails = [m for m in mailbox.mails if m["Subject"] == "EMERGENCY: URGENT: server down"]
    assert len(mails) == 2
    assert mails[0]["Message-ID"] == mails[1]["Message-ID"]


def test_an_alert_goes_out_by_apprise(desk, hook):
    desk.more += f"alerts: ['json://127.0.0.1:{hook.port}/']\n"
    desk.drop_mail("URGENT: server down")
    report = desk.sync("intake")
    assert not report.problems
    [body] = hook.taken
    assert body["title"] == "EMERGENCY: URGENT: server down"
    assert "marta.ruiz@harbordental.example" in body["message"]


def test_a_template_that_fails_keeps_no_alert_back_and_no_other_mail(alerting, mailbox, hook):
    alerting.change_mapping("messages/alert.txt.j2", "{{ what }}", "{{ what.split()[2] }}")
    alerting.drop_mail("URGENT", name="a.eml")
    alerting.drop_mail("Printer jam", name="b.eml")
    report = alerting.sync()
    assert report.counts["created"] == 2
    assert report.exit_code is ExitCode.PARTLY
    assert any("alert.txt.j2 cannot be rendered" in problem for problem in report.problems)
    assert [body["title"] for body in hook.taken] == ["EMERGENCY: URGENT", "TICKET: URGENT"]
    assert "who: Marta Ruiz" in hook.taken[0]["text"]


def test_a_channel_that_may_have_it_is_told_again_ever_more_seldom(alerting, hook):
    hook.statuses = [500] * 1000
    alerting.drop_mail("URGENT: server down")
    for _ in range(40):
        alerting.sync("intake", "notify")
        alerting.pass_by(minutes=1)
    assert 1000 - len(hook.statuses) == 7  # after 0, 1, 2, 4, 8, 16, 32 minutes


def test_who_could_not_be_told_of_an_emergency_is_told_of_its_ticket_all_the_same(
    alerting, mailbox
):
    mailbox.answers["RCPT"] = ["550 no such user"]
    alerting.drop_mail("URGENT: server down")
    alerting.sync()
    [alert] = alerts_in(mailbox)
    assert alert.startswith("EMERGENCY, ticket ")


def test_a_channel_whose_address_is_wrong_loses_no_alert(alerting, mailbox, hook):
    hook.statuses = [404]
    alerting.drop_mail("URGENT: server down")
    report = alerting.sync("intake")
    assert report.exit_code is ExitCode.REFUSED
    assert "An alert could not be sent by webhook 127.0.0.1" in alerts_in(mailbox)
    alerting.pass_by(minutes=16)
    alerting.sync("notify")
    assert [body["event"] for body in hook.taken] == ["emergency"]


def test_an_alert_that_waits_for_a_refused_channel_is_reported_through_another(
    alerting, mailbox, hook
):
    login = "username: me, password: wrong, security:"
    alerting.more = alerting.more.replace("security:", login)
    alerting.drop_mail("URGENT: server down", name="a.eml")
    alerting.sync("intake")
    alerting.pass_by(minutes=2)
    alerting.drop_mail("911", name="b.eml", sender="Somebody <somebody@elsewhere.example>")
    alerting.sync("intake")
    keys = {record.subject: record.key for record in alerting.requests()}
    told = [body["request"] for body in hook.taken if body["event"] == "channel"]
    assert told == [keys["URGENT: server down"], keys["911"]]
