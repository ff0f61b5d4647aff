//! Edits as they are made to real pages, drawn as a person would read them.

use super::tests::drawn;

fn one(old: &str, new: &str) -> String {
    drawn(&[old], &[new])
}

#[test]
fn sentences_and_list_members() {
    insta::assert_snapshot!(one("We act. We care. We act again.", "We act. We listen. We care. We act again."), @"~ We act . {+We listen .+} We care . We act again .");
    insta::assert_snapshot!(one("We collect names, addresses, phone numbers and photos.", "We collect names, phone numbers and photos."), @"~ We collect names , [-addresses ,-] phone numbers and photos .");
    insta::assert_snapshot!(one("We collect names, addresses and photos.", "We collect names, addresses, dates of birth and photos."), @"~ We collect names , addresses {+, dates of birth+} and photos .");
    insta::assert_snapshot!(one("We collect names, addresses, and photos.", "We collect names, addresses."), @"~ We collect names , addresses [-, and photos-] .");
    insta::assert_snapshot!(one("The program is open. The program is free. The program is fun.", "The program is open. The program is fun."), @"~ The program is open . [-The program is free .-] The program is fun .");
    insta::assert_snapshot!(one("It is open (on most days) to all.", "It is open to all."), @"~ It is open [-( on most days )-] to all .");
    insta::assert_snapshot!(one("Open to all", "Open to all: members, guests, and staff"), @"~ Open to all {+: members , guests , and staff+}");
}

#[test]
fn words_and_numbers() {
    insta::assert_snapshot!(one("Pay $1,000 within 30 days of the date.", "Pay $1,250 within 14 days of the date."), @"~ Pay $ [-1,000-]{+1,250+} within [-30-]{+14+} days of the date .");
    insta::assert_snapshot!(one("Updated June 3, 2025 at 10:45", "Updated July 14, 2026 at 9:05"), @"~ Updated [-June 3-]{+July 14+} , [-2025-]{+2026+} at [-10-]{+9+} : [-45-]{+05+}");
    insta::assert_snapshot!(one("We support the program.", "We support the whole new program."), @"~ We support the {+whole new+} program .");
    insta::assert_snapshot!(one("We may share your data with partners.", "We may not share your data with any partners."), @"~ We may {+not+} share your data with {+any+} partners .");
    insta::assert_snapshot!(one("We will never sell your data.", "We will sell your data."), @"~ We will [-never-] sell your data .");
    insta::assert_snapshot!(one("Version 2.0.1 of the terms", "Version 2.1 of the terms"), @"~ Version [-2.0.1-]{+2.1+} of the terms");
    insta::assert_snapshot!(one("the the the house", "the the house"), @"~ [-the-] the the house");
}

#[test]
fn whole_lines_where_lines_recur() {
    insta::assert_snapshot!(one("* One\n* 0 votes\n* Three\n* 0 votes", "* One\n* 0 votes\n* Two\n* 0 votes\n* Three\n* 0 votes"), @"~ * One * 0 votes {+* Two * 0 votes+} * Three * 0 votes");
    insta::assert_snapshot!(one("- We act.\n- We act again.", "- We act.\n- We listen.\n- We act again."), @"~ - We act . {+- We listen .+} - We act again .");
}

#[test]
fn marks() {
    insta::assert_snapshot!(one("We act, and we care; always.", "We act and we care, always!"), @"~ We act [-,-] and we care [-;-]{+,+} always [-.-]{+!+}");
    insta::assert_snapshot!(one("The program is free.", "The \"program\" is \u{201c}free\u{201d}."), @r#"~ The {+"+} program {+"+} is {+“+} free {+”+} ."#);
    insta::assert_snapshot!(one("A long term plan and a wellknown fact.", "A long-term plan and a well-known fact."), @"~ A long {+-+} term plan and a [-wellknown-]{+well - known+} fact .");
    insta::assert_snapshot!(one("We care - always - and act.", "We care \u{2014} always \u{2014} and act."), @"~ We care [---]{+—+} always [---]{+—+} and act .");
    insta::assert_snapshot!(one("Visit our web site today", "Visit our website today."), @"~ Visit our [-web site-]{+website+} today {+.+}");
    insta::assert_snapshot!(one("He said: \"We act.\" We care.", "He said: \"We act. We listen.\" We care."), @r#"~ He said : " We act . {+We listen .+} " We care ."#);
}

#[test]
fn rewritten_halves() {
    insta::assert_snapshot!(one("The company is committed to the protection of your personal data at all times.", "The company does what the law asks of every firm at all times."), @"~ The company [-is committed to the protection of your personal data-]{+does what the law asks of every firm+} at all times .");
    insta::assert_snapshot!(one("You can cancel at any time by email. Refunds take ten days.", "To cancel, write to us. Refunds take ten days."), @"~ [-You can cancel at any time by email-]{+To cancel , write to us+} . Refunds take ten days .");
    insta::assert_snapshot!(one("Our team of experts is here to help you with all of your questions.", "Our friendly staff will answer all of your questions."), @"~ Our [-team of experts is here to help you with-]{+friendly staff will answer+} all of your questions .");
    insta::assert_snapshot!(one("It is subject to the Online Services Terms (OST).", "It is subject to the Product Terms."), @"~ It is subject to the [-Online Services Terms ( OST )-]{+Product Terms+} .");
    insta::assert_snapshot!(one("We are proud of our work. We thank all.", "We are proud, of course, of the work we do. We thank all."), @"~ We are proud {+,+} of [-our work-]{+course , of the work we do+} . We thank all .");
    insta::assert_snapshot!(one("私たちは誇りを持って支援します。", "私たちは今も誇りを持って計画を支援しました。"), @"~ 私 た ち は {+今 も+} 誇 り を 持 っ て {+計 画 を+} 支 援 し ま [-す-]{+し た+} 。");
}
