"""The closed loop of an incident: report, dispatch, rectify, review, appeal, close."""
