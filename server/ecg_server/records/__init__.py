"""What the server writes down: a log of JSON lines, and an audit log of what was decided.

Neither holds a signal, an age, a name or a recording's id.

    logs        starts both, and says whether they can be written
    call_log    one line of the log for each call
    audit_log   one line for each recording answered; each line vouches for those before it
    audit_chain checks that: `python -m ecg_server.records FILE…`

Lines are made where something happens and written in a thread of their own (`background_writer`), so that a slow or
full disk keeps no call waiting and fails none; it makes the server NOT_SERVING.
"""
