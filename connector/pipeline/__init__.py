"""The pipeline: the order of steps from a source to a ticket.

The way of a request (DESIGN section 3), on one screen. Each line is a function, called by the one
that it stands below; names begin in `connector`. `tests/meta/test_sequence.py` holds it true.

    pipeline.run.run_once                             one run
        pipeline.intake.take_in                         fetch: what every source holds
            ports.Ledger.record_all                       record raw, before anything is parsed
            pipeline.identifying.identify                 identify: which mail, which submission
                ports.Ledger.identify_all                   as a request, or as a duplicate of one
        pipeline.delivering.deliver_all.deliver_all     what is due, several at a time
            ports.Ledger.claim                            lease: emergencies first, then the oldest
            pipeline.delivering.attempt.attempt           one request
                ports.Reader.read                           parse
                pipeline.deciding.decide.Decider              a ticket, a note on one, or neither?
                    pipeline.deciding.answers.NotePlanner       a note
                    pipeline.deciding.planning.plan_request     a ticket
                        pipeline.deciding.clients.find_client     resolve client
                        mapping.triage.triage                     triage: rule, priority, details
                        sla.targets.reckon                        reckon due dates
                        mapping.render.render_ticket_text         render
                ports.Ledger.keep_result                    what was decided, and why
                pipeline.post.telling.before_delivery       alerts of an emergency, into the outbox
                pipeline.delivering.appending.append        add the note, or
                pipeline.delivering.creating.deliver        make the ticket:
                    pipeline.delivering.once.Once               each call below at most once:
                        ports.Ledger.intend                       record intent; search if unclear
                        ports.Ledger.confirm                      record ids
                    ports.TicketGateway.create_ticket           create ticket
                    pipeline.delivering.creating.upload         attachments
                    pipeline.delivering.creating.add_internal_note
                pipeline.post.telling.after_delivery        acknowledge: into the outbox
                pipeline.delivering.retrying.settle         done, or
                pipeline.delivering.retrying.after_error    later, or parked for a person
        pipeline.filing.file_away                       mark done at the source
        pipeline.accounts.step.do_accounts              portal logins
        pipeline.post.sending.send_all                  send what the outbox holds
        pipeline.writeback.step.write_back              due dates of tickets born in BMS
        pipeline.summing_up.sum_up                      the report; does it add up?
"""
