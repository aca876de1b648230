-- The states of a share token.

CREATE TYPE connect.share_token_status
    AS ENUM ('created', 'pending', 'redeemed', 'expired', 'failed');
COMMENT ON TYPE connect.share_token_status IS
'State of a share token: made, being redeemed, redeemed, past use, redeemed in vain.';
