from connector.accounts.tokens import hash_of, new_token


def test_tokens_differ_and_only_their_hash_finds_them():
    tokens = {new_token() for _ in range(50)}
    assert len(tokens) == 50
    assert all(len(token) >= 43 for token in tokens)  # 256 bits in base64
    assert len({hash_of(token) for token in tokens}) == 50
    assert not any(token in hash_of(token) for token in tokens)


def test_any_text_has_a_hash():
    assert hash_of("\ud800 no token") != hash_of("")
