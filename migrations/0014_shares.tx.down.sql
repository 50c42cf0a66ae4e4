DROP TABLE request_shares;
DROP FUNCTION request_share_step();
