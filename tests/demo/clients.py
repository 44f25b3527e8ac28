"""Clients of the centres, made as the operator makes them, for a deployment of a test."""

import uuid

from app.access.permissions import Role
from app.demo.client import CentreClient
from app.demo.credentials import (
    Credentials,
    KeyPair,
    SecretInForm,
    SecretInHeader,
    SignedAssertion,
)
from app.demo.records import REVIEWERS, CentreRecords, TrialRecords
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
    if trial.adjudicated:
        clients[REVIEWERS] = await reviewers_of(deployment)
    return clients


async def reviewers_of(deployment: Deployment) -> CentreClient:
    """Give a new client of the response reviewers."""
    keys = KeyPair()
    made = await administration.create_client(
        deployment.owner, f"reviewers {uuid.uuid4()}", Role.RESPONSE_REVIEWER, None, keys.jwks()
    )
    return CentreClient(deployment.client(), SignedAssertion(str(made.client_id), keys))
