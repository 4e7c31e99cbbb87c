"""Balances of wallets and exchange rates."""

from __future__ import annotations

from dyntui.sandbox.balances import NATIVE, PRICES, make_balances
from dyntui.sandbox.handler_registry import OperationCall, operation
from dyntui.sandbox.operations.users import find_user
from dyntui.sandbox.replies import bad_request
from dyntui.sandbox.store import Document


@operation("getUserAccountBalances")
def get_user_balances(call: OperationCall) -> Document:
    find_user(call)
    return get_balances(call)


@operation("postMultichainAccountBalances")
def get_balances(call: OperationCall) -> Document:
    return {
        "chainBalances": [
            {
                "walletAddress": request["address"],
                "chain": request["chain"],
                "networks": [
                    {
                        "networkId": network,
                        "balances": make_balances(call.sandbox.ids, request["chain"], request["address"], int(network)),
                    }
                    for network in request["networkIds"]
                ],
            }
            for request in call.body["balanceRequests"]
        ]
    }


@operation("getAccountBalances")
def get_address_balances(call: OperationCall) -> list[Document]:
    address = call.query["accountAddress"]
    if not address:
        raise bad_request("query/accountAddress must NOT have fewer than 1 characters")
    return make_balances(
        call.sandbox.ids,
        call.path["chainName"],
        address,
        call.query.get("networkId", 1),
        native=call.query.get("includeNative", True),
        prices=call.query.get("includePrices", False),
    )


@operation("getExchangeRates", "getCurrencyExchangeRates")
def list_exchange_rates(call: OperationCall) -> list[Document]:
    """The rates are invented values in US dollars."""
    names = {symbol: name for name, symbol, _ in NATIVE.values()}
    fiat = (("US Dollar", "$", "USD", 1.0), ("Euro", "€", "EUR", 1.16), ("Pound Sterling", "£", "GBP", 1.31))
    return [
        *({"name": n, "symbol": s, "type": "fiat", "code": code, "value": value} for n, s, code, value in fiat),
        *(
            {"name": name, "symbol": symbol, "type": "crypto", "code": symbol, "value": PRICES[symbol]}
            for symbol, name in names.items()
        ),
    ]
