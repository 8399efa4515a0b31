"""Where each known mistake of vaults like this one has its test; a row whose test is gone fails.

The rows are those of the security page, in its order. "The mistake": file::test, or several.
"""

import ast
from functools import cache
from pathlib import Path

import pytest

pytestmark = pytest.mark.same_everywhere

TESTS = Path(__file__).resolve().parent
ROWS = {
    "1 a write route without the ownership check of the read": [
        "test_doors.py::test_a_person_gets_what_the_table_says",
        "test_doors_of_keys.py::test_a_key_gets_what_the_table_says",
    ],
    "2 the role counted, not the membership": [
        "vault/test_invitations.py::test_until_it_is_taken_an_invitation_gives_no_right",
        "vault/test_people.py::test_a_deactivated_person_is_out_of_everything_and_can_come_back",
        "test_doors.py::test_rights_end_with_the_next_request",
    ],
    "3 sessions survived a reset": [
        "accounts/test_sign_in.py::test_a_changed_password_ends_every_other_session",
        "accounts/test_sign_in.py::test_a_reset_by_mail_ends_every_session_and_works_once",
        "accounts/test_sign_in.py::test_a_changed_second_factor_ends_every_other_session",
        "vault/test_keys.py::test_a_revoked_key_is_refused_from_the_next_request_on",
    ],
    "4 single sign-on bound by an unverified address": [
        "accounts/test_sso.py::test_an_address_that_is_not_verified_or_not_known_never_lets_in",
        "accounts/test_sso.py::test_a_verified_address_is_bound_and_the_subject_counts_from_then_on",
    ],
    "5 step-up could be guessed": [
        "accounts/test_sign_in.py::test_a_step_up_has_a_limit_of_its_own_whatever_the_way",
    ],
    "6 a value was shown without step-up": [
        "test_doors.py::test_a_script_is_told_to_step_up_in_json",
        "test_access.py::test_a_stale_person_is_asked_to_step_up_only_for_what_they_may_do",
    ],
    "7 a code worked twice": [
        "accounts/test_sign_in.py::test_a_totp_step_up_works_and_a_code_works_once",
        "accounts/test_sign_in.py::test_a_recovery_code_works_once",
        "vault/test_claims.py::test_a_code_is_handed_out_once_and_stays_bound_to_its_run",
        "vault/test_claims.py::test_the_number_is_found_however_it_was_written",
        "test_claims.py::test_of_many_who_claim_at_once_each_code_goes_to_one",
    ],
    "8 secrets in the audit, the log, a page": [
        "test_no_secret_leaves.py::test_everybody_visits_everything_and_no_secret_stays_anywhere",
        "test_logs.py::test_what_a_secret_bearing_name_stands_before_is_taken_out",
    ],
    "9 a way in that left no event": [
        "accounts/test_sign_in.py::test_every_way_in_and_out_leaves_its_event_with_the_person_the_way_and_the_address",
        "accounts/test_sign_in.py::test_a_wrong_password_names_the_person_and_not_who_tried",
        "test_doors.py::test_a_refused_member_leaves_an_event",
    ],
    "10 deep JSON": [
        "accounts/test_sign_in.py::test_whatever_is_sent_in_place_of_a_passkey_lets_nobody_in_and_breaks_nothing",
        "test_bad_input.py::test_ten_megabytes_are_refused_unread",
        "api/test_kernel.py::test_what_is_not_our_json_is_refused",
        "api/test_mcp.py::test_what_is_no_message_is_refused_by_its_number_and_not_repeated",
    ],
    "11 names not case-folded": [
        "vault/test_credentials.py::test_a_name_is_taken_in_any_case_and_any_normal_form",
    ],
    "12 time and words told who exists": [
        "accounts/test_sign_in.py::test_an_unknown_person_costs_one_hash_like_a_known_one",
        "accounts/test_sign_in.py::test_unknown_people_get_the_same_answer_to_a_sign_in",
        "accounts/test_sign_in.py::test_unknown_people_get_the_same_answer_to_a_reset",
    ],
    "13 tokens compared in variable time": [
        "test_known_mistakes.py::test_a_proof_is_compared_in_constant_time_only",
        "test_known_mistakes.py::test_a_comparison_that_tells_would_be_seen",
    ],
    "14 lists slipped past the rule of the single thing": [
        "vault/test_lookup.py::test_another_team_finds_and_lists_nothing",
    ],
    "15 another team's ids were taken": [
        "test_doors.py::test_a_stranger_gets_one_and_the_same_not_found",
        "test_doors_of_keys.py::test_a_strangers_key_finds_none_of_it",
        "vault/test_invitations.py::test_an_unknown_or_foreign_invitation_is_not_found",
        "accounts/test_sign_in.py::test_a_session_of_somebody_else_is_not_found",
    ],
    "16 links built from the Host header": [
        "accounts/test_sign_in.py::test_a_reset_link_leads_to_the_configured_address_whatever_the_host_says",
        "vault/test_invitations.py::test_the_mail_leads_to_the_configured_address",
    ],
    "17 formulas in CSV": ["test_admin.py::test_no_cell_is_a_formula"],
    "18 checked, then made": ["vault/test_invitations.py::test_two_who_take_one_link_are_one_member"],
    "19 an address from input was fetched": [
        "vault/test_streams.py::test_a_private_address_is_refused_unless_it_was_allowed",
        "vault/test_streams.py::test_a_redirect_is_not_followed",
    ],
    "20 a spoofed proxy header, an endpoint that listed everybody": [
        "test_known_mistakes.py::test_only_a_configured_proxy_says_who_comes",
        "test_known_mistakes.py::test_no_page_names_people_of_other_teams",
        "test_known_mistakes.py::test_the_admins_autocomplete_lists_nobody",
    ],
    "21 secrets in sessions and cookies; settings of a seed ignored": [
        "accounts/test_sign_in.py::test_what_lies_in_a_session_is_sealed",
        "vault/test_secrets.py::test_every_setting_of_a_seed_is_honoured",
    ],
    "22 a code shown for another account after switching": [
        "browser/test_list_and_detail.py::test_a_code_belongs_to_its_row_however_fast_one_switches",
        "browser/test_list_and_detail.py::test_a_code_that_comes_late_does_not_appear_beside_what_the_search_put_there",
    ],
    "23 ways to a value that escaped the step-up": [
        "test_known_mistakes.py::test_whatever_gives_a_value_asks_for_a_step_up",
        "test_known_mistakes.py::test_a_value_comes_after_the_step_up_and_not_before",
        "browser/test_list_and_detail.py::test_a_stale_session_proves_itself_before_a_value_is_shown_or_copied",
    ],
    "24 an edit deleted something else": [
        "vault/test_credentials.py::test_editing_one_field_leaves_every_other_as_it_was",
    ],
    "25 tokens moved, domains edited": [
        "vault/test_credentials.py::test_a_token_moved_to_another_row_or_column_does_not_open",
        "vault/test_credentials.py::test_after_a_domain_was_edited_in_the_database_nothing_opens_and_nothing_is_lost",
    ],
    "26 odd shapes broke the server, agents got codes of earlier runs": [
        "test_bad_input.py::test_odd_text_in_a_form_is_stored_exactly_or_not_at_all",
        "vault/test_claims.py::test_what_was_sent_for_one_run_goes_to_no_other",
        "api/test_kernel.py::test_no_bytes_break_the_server",
        "api/test_skyvern_codes.py::test_whatever_is_sent_is_taken_or_refused",
    ],
}
# What no page lists, and an audit must not leave out.
ROWS |= {
    "an event changed, removed, swapped, forged": [
        "test_audit.py::test_a_changed_field_is_named",
        "test_audit.py::test_a_removed_event_is_named_by_the_one_after_it",
        "test_audit.py::test_two_events_that_changed_places_are_named",
        "test_audit.py::test_a_forged_event_needs_the_key",
        "test_audit.py::test_another_audit_key_fits_no_event",
    ],
    "the tail cut off": [
        "vault/test_proofs.py::test_a_cut_tail_is_missed_by_the_verification_that_saw_it",
        "vault/test_proofs.py::test_a_cut_tail_is_missed_by_a_checkpoint_even_when_the_states_are_gone_too",
    ],
    "an archive made up or taken away": [
        "vault/test_proofs.py::test_an_anchor_that_somebody_made_up_is_found",
        "vault/test_proofs.py::test_an_anchor_taken_away_leaves_a_hole",
    ],
    "a key file replaced": ["test_serving.py::test_a_wrong_key_stops_the_start_and_names_the_setting"],
}


@cache
def named_in(file: str) -> set[str]:
    tree = ast.parse((TESTS / file).read_text(encoding="utf-8"))
    return {node.name for node in tree.body if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)}


def test_every_row_of_the_page_is_here():
    assert sorted(int(mistake.split()[0]) for mistake in ROWS if mistake[0].isdigit()) == list(range(1, 27))


@pytest.mark.parametrize("mistake", ROWS)
def test_a_known_mistake_has_its_test(mistake):
    for where in ROWS[mistake]:
        file, _, name = where.partition("::")
        assert name in named_in(file), f"{mistake}: {where} is gone"
