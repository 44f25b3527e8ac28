"""Clients of the centres, made as the operator makes them, for a deployment of a test."""

from app.access.permissions import Role
from app.demo.client import CentreClient
from app.demo.credentials import (
    Credentials,
    KeyPair,
    SecretInForm,
    SecretInHeader,
    SignedAssertion,
)
from app.demo.records import CentreRecords, TrialRecords
from app.services import administration
from tests.deployment import Deployment


async def credentials_of(
    deployment: Deployment, centre: CentreRecords, role: Role = Role.COORDINATOR
) -> Credentials:
    keys = KeyPair()
    jwks = keys.jwks() if centre.proof == "private_key_jwt" else None
    made = await administration.create_client(
        deployment.owner, f"engine of {centre.code}", role, centre.code, jwks
    )
    if made.secret is None:
        return SignedAssertion(str(made.client_id), keys)
    kind = SecretInForm if centre.proof == "client_secret_post" else SecretInHeader
    return kind(str(made.client_id), made.secret)


async def clients_of(deployment: Deployment, trial: TrialRecords) -> dict[str, CentreClient]:
    clients = {}
    for centre in trial.centres:
        await administration.add_centre(deployment.owner, centre.code, centre.name)
        credentials = await credentials_of(deployment, centre)
        clients[centre.code] = CentreClient(deployment.client(), credentials)
    return clients
