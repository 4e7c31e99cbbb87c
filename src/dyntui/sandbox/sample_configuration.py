"""Creates the documents of a new sandbox: organization, environments, tokens, allowlists, providers, and so on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dyntui.api.token_scopes import ALL_SCOPES
from dyntui.sandbox.access_lists import entry_identifiers
from dyntui.sandbox.api_tokens import PERSONAL_TOKENS, store_token
from dyntui.sandbox.delegation import sample_key
from dyntui.sandbox.operations.hosts import hostname_records
from dyntui.sandbox.operations.settings import provider_urls
from dyntui.sandbox.settings import SOCIAL, default_settings
from dyntui.sandbox.store import Document
from dyntui.sandbox.user_record import format_time
from dyntui.sandbox.user_repository import UserRepository

if TYPE_CHECKING:
    from dyntui.sandbox.state import SandboxState

__all__ = ["create_configuration"]
_DAY_MS = 86_400_000
_USDC = "0xA0b86991c6218b36c1d19D4a2e9Eb0cE3606eB48"


def create_configuration(sandbox: SandboxState) -> None:
    """Create the organization with its members and environments, and what is configured in them.

    An empty environment has only settings and a sign-in view.
    """
    samples = _SampleConfiguration(sandbox)
    samples.create_environments()
    owner = samples.create_members()
    samples.create_tokens(owner)
    if sandbox.options.empty:
        samples.create_views([{"type": "wallet"}])
        return
    samples.create_custom_fields()
    samples.create_allowlists()
    samples.create_settings()
    samples.create_hosts()
    samples.create_access()
    samples.create_organization()
    samples.create_wallets()


class _SampleConfiguration:
    """Stores the documents; times are relative to the newest sign-up."""

    def __init__(self, sandbox: SandboxState) -> None:
        self._sandbox = sandbox
        self._ids = sandbox.ids
        self._environment = sandbox.environment_id
        self._organization = sandbox.ids.uuid("organization")
        self._newest_ms = sandbox.newest_ms

    def _days_ago(self, days: float) -> str:
        """Return the time `days` before the newest sign-up, as the API shows times."""
        return format_time(self._newest_ms - int(days * _DAY_MS))

    def _store(self, kind: str, name: str, parent: str = "", /, **fields: object) -> Document:
        """Store a document. Its id is made from the name, unless `id` is one of the fields."""
        doc = {"id": self._ids.uuid(f"{kind} {name}"), **fields}
        self._sandbox.store.put(kind, doc, parent or self._environment)
        return doc

    def _store_singleton(self, kind: str, key: str = "", /, **fields: object) -> None:
        """Store a singleton: a document whose id follows from the path (`DocumentResource.locate`)."""
        doc = {"id": self._ids.uuid(kind), **fields}
        self._sandbox.store.put(kind, doc, self._environment, id=f"{self._environment} {key}".strip())

    def create_environments(self) -> None:
        """Create the organization and its project with two environments."""
        project = self._ids.uuid("project")
        organization = {
            "id": self._organization,
            "name": "Northwind Labs",
            "description": "Wallet sign-in for the Northwind apps",
            "websiteUrl": "https://northwind.example",
            "address": {"addressLine1": "1 Sample Street", "city": "Lisbon", "postalCode": "1000-001", "country": "PT"},
            "role": "owner",
        }
        self._sandbox.store.put("organizations", organization)
        self._store("projects", "", self._organization, id=project, name="Northwind", organizationId=self._organization)
        for id, name in ((self._ids.uuid("live environment"), "live"), (self._environment, "sandbox")):
            self._store(
                "environments",
                name,
                project,
                id=id,
                settings=self._settings(name),
                createdAt=self._days_ago(420),
                updatedAt=self._days_ago(12),
                sdkVersion="WalletKit/4.31.0",
            )

    def _settings(self, name: str) -> Document:
        settings = default_settings(name)
        return {**settings, "general": {"displayName": "New app"}} if self._sandbox.options.empty else settings

    def create_tokens(self, owner: Document) -> None:
        """Create the main token, one that only reads, and a personal one."""
        own = self._sandbox.options.scopes
        reading = [scope for scope in ALL_SCOPES if scope.endswith(".read")]
        for name, note, scopes, days in (
            ("main", "Console", list(ALL_SCOPES if own is None else own), 40),
            ("reports", "Weekly report", reading, 200),
        ):
            store_token(self._sandbox, name, note, scopes, owner, self._newest_ms - days * _DAY_MS)
        at = self._newest_ms - 90 * _DAY_MS
        scopes = ["environment.users.read"]
        store_token(self._sandbox, "laptop", "Laptop", scopes, owner, at, parent=PERSONAL_TOKENS)

    def create_custom_fields(self) -> None:
        plans = [{"label": word.title(), "key": word} for word in ("free", "pro", "team")]
        fields: tuple[tuple[str, str, str, Document], ...] = (
            ("plan", "Plan", "select", {"validOptions": plans}),
            ("referrer", "How did you hear of us?", "text", {"unique": False}),
            ("newsletter", "Newsletter", "checkbox", {"checkboxText": "Send me the newsletter"}),
        )
        for position, (key, name, kind, rules) in enumerate(fields):
            self._store(
                "customFields",
                key,
                id=self._ids.uuid(f"custom field {key}"),
                key=key,
                name=name,
                enabled=True,
                required=False,
                fieldType=kind,
                validationRules=rules,
                position=position,
            )

    def create_allowlists(self) -> None:
        """Create allowlists with each outcome, and entries."""
        for name, outcome, scope, is_enabled in (
            ("Beta testers", "scope", "beta early-access", True),
            ("Staff", "scope", "staff", True),
            ("Sanctioned wallets", "block", None, True),
            ("Launch party", "siteAccess", None, False),
        ):
            self._store(
                "allowlists",
                name,
                id=self._ids.uuid(f"allowlist {name}"),
                name=name,
                enabledAt=self._days_ago(30) if is_enabled else None,
                projectEnvironmentId=self._environment,
                scope=scope,
                outcome=outcome,
            )
        for number, (name, entry) in enumerate(_sample_entries(self._sandbox.users)):
            parent = self._ids.uuid(f"allowlist {name}")
            id = self._ids.uuid(f"allowlist entry {number}")
            doc = self._store("allowlistEntries", name, parent, id=id, allowListId=parent, **entry)
            self._sandbox.store.claim((f"a:{parent}:{key}", 0) for key in entry_identifiers(doc))

    def create_settings(self) -> None:
        """Create providers and SDK views of both environments, an exchange, Chainalysis and a name service."""
        for environment in (self._ids.uuid("live environment"), self._environment):
            for name in (*SOCIAL, "sms", "coinbaseOnramp"):
                self._store(
                    "providers",
                    f"{name} of {environment}",
                    environment,
                    provider=name,
                    enabledAt=None if name in ("apple", "sms") else self._days_ago(300),
                    clientId=f"northwind-{name}",
                    **provider_urls(environment, name),
                )
        sections: list[Document] = [
            {"type": "email", "label": "Email"},
            {"type": "separator", "label": "or"},
            {"type": "social", "numOfItemsToDisplay": 4, "defaultItem": "google"},
            {"type": "wallet"},
        ]
        self.create_views(sections)
        self._store("exchanges", "coinbase", exchange="coinbase", enabledAt=None, onRampProvider="coinbaseOnramp")
        self._store_singleton(
            "chainalysis",
            sanctionsApiEnabled=True,
            kytApiEnabled=False,
            projectEnvironmentId=self._environment,
            createdAt=self._days_ago(200),
            updatedAt=self._days_ago(120),
        )
        self._store_singleton(
            "nameServices", "EVM", address="0x" + "b0" * 20, domain="northwind.eth", enabledAt=self._days_ago(60)
        )

    def create_views(self, sections: list[Document]) -> None:
        """Create the sign-in view of both environments, with these sections."""
        for environment in (self._ids.uuid("live environment"), self._environment):
            view = {"id": self._ids.uuid(f"view of {environment}"), "type": "login", "sections": sections}
            self._sandbox.store.put("sdkViews", view, environment, id=f"{environment} login")

    def create_hosts(self) -> None:
        """Create origins, deep links, and custom hostnames in each state."""
        for days, origin in enumerate(
            ("https://app.northwind.example", "https://*.preview.northwind.example", "http://localhost:3000")
        ):
            fields = {
                "origin": origin,
                "createdAt": self._days_ago(290 - days),
                "projectEnvironmentId": self._environment,
            }
            self._store("origins", origin, **fields)
        self._store("deeplinkUrls", "app", url="northwind://sign-in", createdAt=self._days_ago(100))
        for name, usage, status, extra in (
            ("auth.northwind.example", "cookies", "active", {}),
            ("wallet.northwind.example", "globalWallet", "pending", {}),
            ("id.northwind.example", "cookies", "error", {"errors": "The CNAME record points elsewhere"}),
        ):
            records = hostname_records(name, self._ids.digest(f"hostname {name}", 16).hex())
            self._store(
                "customHostnames", name, hostname=name, usage=usage, status=status, verificationRecords=records, **extra
            )

    def create_access(self) -> None:
        """Create gates, and the global wallet with its access control and connections."""
        rule = {"type": "nft", "chain": "EVM", "address": {"networkId": 1, "contractAddress": "0x" + "ab" * 20}}
        self._store(
            "gates",
            "pass",
            name="Founders pass",
            outcome="scope",
            scope="founder",
            rules=[rule],
            enabledAt=self._days_ago(80),
        )
        token_rule = {"type": "token", "chain": "EVM", "address": {"networkId": 1, "contractAddress": _USDC}}
        rules = [{**token_rule, "filter": {"amount": 1000}}]
        self._store("gates", "whales", name="Whales", outcome="siteAccess", rules=rules, enabledAt=None)
        self._store_singleton(
            "globalWallets",
            walletName="Northwind Wallet",
            popupPageTitle="Northwind",
            walletIconUrl="https://northwind.example/wallet.svg",
            termsOfServiceUrl="https://northwind.example/terms",
            customMenuLinks=[{"label": "Help", "url": "https://northwind.example/help"}],
            enableLoginWithExternalWallets=True,
            enabledAt=self._days_ago(50),
        )
        self._store_singleton(
            "globalWalletAccess", projectEnvironmentId=self._environment, type="allow", enabledAt=self._days_ago(40)
        )
        for domain in ("partner.example", "*.northwind.example"):
            self._store("globalWalletDomains", domain, domain=domain, createdAt=self._days_ago(40))
        records = self._sandbox.users.load_many(range(1, 9)).values()
        for number, record in enumerate(records):
            self._store(
                "globalWalletConnections",
                str(number),
                userId=record["id"],
                appUrl=f"https://{'partner' if number % 2 else 'shop'}.example",
                status="disconnected" if number % 3 == 2 else "connected",
                expiresAt=self._days_ago(number - 30) if number % 3 != 2 else None,
                createdAt=self._days_ago(30 - number),
                updatedAt=self._days_ago(30 - number),
            )

    def create_organization(self) -> None:
        """Create billing, MFA settings and a custom network of the organization."""
        id = self._organization
        billing = {
            "id": id,
            "hasPaymentMethod": True,
            "planType": "standard",
            "inTrial": False,
            "scope": ["settings_general", "user_management", "webhooks", "api_tokens"],
            "currentBillingPeriod": {
                "startDate": self._days_ago(12),
                "endDate": self._days_ago(-18),
                "usagesCount": 1842,
            },
            "version": "v2",
            "coupons": [],
        }
        self._sandbox.store.put("billing", billing)
        setting = {"id": f"{id} totp", "enabledAt": self._days_ago(150)}
        self._sandbox.store.put("mfaSettings", setting, id)
        self._store(
            "customNetworks",
            "Northwind",
            id,
            networkType="EVM",
            chainName="Northwind Chain",
            chainId="424242",
            rpcUrl="https://rpc.northwind.example",
            blockExplorerUrl="https://scan.northwind.example",
            iconUrl="https://northwind.example/chain.svg",
            nativeCurrencyName="North",
            nativeCurrencySymbol="NRTH",
            nativeCurrencyIconUrl="https://northwind.example/nrth.svg",
            nativeCurrencyDecimals=18,
        )

    def create_members(self) -> Document:
        """Create members, and sent and received invitations; return the owner."""
        id, store = self._organization, self._sandbox.store
        owner: Document = {}
        for first, last, role in (
            ("Robin", "Vega", "owner"),
            ("Amara", "Okafor", "admin"),
            ("Jonas", "Lindqvist", "developer"),
            ("Mei", "Tanaka", "viewer"),
        ):
            identity = {
                "alias": first,
                "firstName": first,
                "lastName": last,
                "email": f"{first.lower()}@northwind.example",
            }
            member = self._ids.uuid("member" if role == "owner" else f"member {first}")
            owner = owner or {"id": member, **identity}
            user = {
                "id": self._ids.uuid(f"dashboard user {first}"),
                "projectEnvironmentId": self._environment,
                **identity,
            }
            store.put("members", {"id": member, "user": user, "role": role}, id)
        fabrikam = self._ids.uuid("fabrikam")
        for organization, name, email, status, role, created_by in (
            (id, "Northwind Labs", "lena@northwind.example", "pending", "developer", owner["email"]),
            (id, "Northwind Labs", "oscar@northwind.example", "rejected", "viewer", owner["email"]),
            (fabrikam, "Fabrikam", owner["email"], "pending", "admin", "owner@fabrikam.example"),
        ):
            self._store(
                "invites",
                email,
                organization,
                organizationId=organization,
                organizationName=name,
                status=status,
                email=email,
                role=role,
                createdByEmail=created_by,
            )
        return owner

    def create_wallets(self) -> None:
        """Create the policy of embedded wallets and a delegation key."""
        environment, store = self._environment, self._sandbox.store
        rules = (
            {"name": "Stablecoins only", "ruleType": "allow", "chain": "EVM", "chainIds": [1, 8453], "address": _USDC},
            {"name": "No export", "ruleType": "deny", "chain": "SVM", "operationRestrictions": {"blockExport": True}},
        )
        policy = {
            "policyId": self._ids.uuid("policy"),
            "projectEnvironmentId": environment,
            "createdAt": self._days_ago(70),
            "updatedAt": self._days_ago(35),
            "policyContent": [{**rule, "ruleId": self._ids.uuid(f"rule {rule['name']}")} for rule in rules],
        }
        store.put("waasPolicies", policy, environment, id=environment)
        store.put("delegationKeys", sample_key(self._ids, self._newest_ms - 90 * _DAY_MS), environment)


def _sample_entries(users: UserRepository) -> list[tuple[str, Document]]:
    """Return list names and entries: some sample users by email and wallet, and one entry of each other kind."""
    records = list(users.load_many(range(1, 41)).values())
    out: list[tuple[str, Document]] = []
    for record in records:
        profile = record["profile"]
        if "email" in profile:
            out.append(("Beta testers", {"email": profile["email"], "alias": profile.get("firstName") or "Tester"}))
        if record["wallets"] and len(out) % 4 == 0:
            out.append(("Sanctioned wallets", {"walletPublicKey": record["wallets"][0]["address"]}))
    out += [
        ("Staff", {"emailDomain": "https://northwind.example", "alias": "Employees"}),
        ("Staff", {"phoneNumber": "+12025550100", "alias": "Front desk"}),
        ("Launch party", {"discordUsername": "northwind_fan", "alias": "Raffle"}),
        ("Launch party", {"twitterUsername": "northwind"}),
        ("Launch party", {"farcasterUsername": "northwind"}),
        ("Launch party", {"farcasterFid": 5650}),
        ("Launch party", {"externalUserId": "crm-00042", "alias": "Partner"}),
    ]
    return out
