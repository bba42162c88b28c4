"""What the server writes down: a log of JSON lines, and an audit log of what was decided.

Neither holds a signal, an age, a name or a recording's id.

    logs        starts both, and says whether they can be written; `log_handler` has the lines' form
    call_log    one line of the log for each call
    audit_log   one line for each recording answered, with the `input_digest` of what was sent
    audit_chain each of those lines vouches for those before it: `python -m ecg_server.records FILE…` checks that

Lines are made where something happens and written in a thread of their own (`background_writer`), so that a slow or
full disk keeps no call waiting and fails none; it makes the server NOT_SERVING.
"""
