"""Reads that failed at a back end, kept for a day: an AI agent was waiting and is gone by now, but a person may want to
see what it ran into."""

import logging

from attrs import frozen

from hub.ai.tool import Tool
from hub.ai.work import Done, Handler, Work
from hub.dead_letter import DeadLetterBox, LetterKind, NewLetter
from hub.errors import IntegrationError, IntegrationTimeout, Unavailable

log = logging.getLogger("hub.ai")


@frozen
class KeptFailures:
    """A read's handler whose failures are put down. What was not asked at all (an open circuit, too many calls) is no
    failure of the back end's."""

    tool: Tool
    handler: Handler
    letters: DeadLetterBox

    async def __call__(self, work: Work) -> Done:
        """Raises what the handler raises."""
        try:
            return await self.handler(work)
        except (IntegrationError, IntegrationTimeout) as error:
            await self._put(work, error)
            raise

    async def _put(self, work: Work, error: IntegrationError | IntegrationTimeout) -> None:
        letter = NewLetter(
            integration=self.tool.integration.value,
            operation=self.tool.name,
            kind=LetterKind.READ,
            problem=error.code,
            ref_id=work.call.id,
            conversation_id=work.subject.conversation_id,
            provider_status=error.provider_status,
            attempts=max(error.attempts, 1),
        )
        try:
            await self.letters.put(letter)
        except Unavailable:
            log.info("a failed read could not be kept: the database is away")
