/*---
title = "The names that the field has for a duration: by its metric, state and outcome in the metric ledger, and the ticket's place"
internal = true
---*/
CREATE OR REPLACE MACRO metric_names(of_metric, state, outcome, place) AS
CASE
    WHEN of_metric = 'status_time' AND plain_status(state) = 'inprogress'
    THEN ['agent_work_time']
    WHEN of_metric = 'active_time' AND state = 'on_hold' THEN ['on_hold_time']
    WHEN of_metric = 'active_time' THEN ['requester_wait_time']
    WHEN of_metric = 'assignee_time' AND state IS NULL THEN ['unassigned_time']
    WHEN of_metric = 'wait_time' AND state = 'us' THEN ['waiting_on_us']
    WHEN of_metric = 'wait_time' THEN ['waiting_on_customer']
    WHEN of_metric = 'next_reply_time' AND outcome = 'fulfil' THEN ['total_reply_time']
    WHEN of_metric = 'next_reply_time' AND outcome = 'run' AND place = 'active'
    THEN ['awaiting_reply_age']
    WHEN of_metric = 'first_reply_time' AND outcome = 'run' AND place = 'active'
    THEN ['awaiting_first_reply_age']
    WHEN of_metric = 'unsolved_ticket_age' OR outcome = 'fulfil' THEN [of_metric]
END
