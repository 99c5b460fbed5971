"""A client of calls over plain SDP on aiortc, with a test picture and a test tone.

usage: aiortcCall.py URL ROOM SESSION publish|wait|watch [MIME,MIME...]

`publish` offers its tracks, `wait` has them attach to the server's offer, `watch` offers to receive; the MIME types are
the only ones to send. Says as JSON, a line each, what the server says (without descriptions), its own connection states
and, with every tenth frame, what it has received: by stream id the frames decoded, their width, and the pieces of sound
that were not silent. When its input ends it leaves and ends itself.
"""

import asyncio
import json
import re
import sys
import threading

import numpy
import websockets
from aiortc import (
    RTCConfiguration,
    RTCPeerConnection,
    RTCRtpSender,
    RTCSessionDescription,
    VideoStreamTrack,
)
from aiortc.mediastreams import AudioStreamTrack, MediaStreamError
from av import AudioFrame, VideoFrame

URL, ROOM, SESSION, ROLE, *REST = sys.argv[1:]
CODECS = REST[0].split(",") if REST else []


def say(**line):
    print(json.dumps(line), flush=True)


class Picture(VideoStreamTrack):
    """A bar that moves."""

    async def recv(self):
        pts, time_base = await self.next_timestamp()
        pixels = numpy.zeros((180, 320, 3), dtype="uint8")
        left = pts // 3000 * 4 % 280
        pixels[:, left : left + 40] = (255, 255, 0)
        frame = VideoFrame.from_ndarray(pixels, format="rgb24")
        frame.pts, frame.time_base = pts, time_base
        return frame


class Tone(AudioStreamTrack):
    async def recv(self):
        silence = await super().recv()
        times = (silence.pts + numpy.arange(silence.samples)) / silence.sample_rate
        wave = (8000 * numpy.sin(2 * numpy.pi * 440 * times)).astype("int16")
        frame = AudioFrame.from_ndarray(wave.reshape(1, -1), format="s16", layout="mono")
        frame.pts, frame.sample_rate, frame.time_base = silence.pts, silence.sample_rate, silence.time_base
        return frame


def streams_by_mid(sdp):
    """By mid, the id of the stream that the server sends in that section."""
    found = {}
    for section in sdp.split("\r\nm=")[1:]:
        mid, msid = re.search(r"\na=mid:(\S+)", section), re.search(r"\na=msid:(\S+)", section)
        if mid and msid:
            found[mid[1]] = msid[1]
    return found


class Call:
    def __init__(self, socket):
        self.socket = socket
        # Those that are the default are on the internet.
        self.pc = RTCPeerConnection(RTCConfiguration(iceServers=[]))
        self.streams = {}
        self.received = {}
        self.tasks = set()
        self.pc.on("track", self.on_track)
        self.pc.on("connectionstatechange", lambda: say(type="connection", state=self.pc.connectionState))

    async def send(self, kind, **message):
        await self.socket.send(json.dumps({"type": kind, "roomId": ROOM, "sessionId": SESSION, **message}))

    async def describe(self, description):
        await self.pc.setLocalDescription(description)
        local = self.pc.localDescription
        await self.send(local.type, payload={"type": local.type, "sdp": local.sdp})

    async def run(self):
        await self.send("join", name=f"{SESSION} of aiortc")
        if ROLE == "watch":
            for kind in ("audio", "video"):
                self.pc.addTransceiver(kind, direction="recvonly")
        else:
            for track in (Tone(), Picture()):
                self.pc.addTrack(track)
        self.prefer()
        if ROLE != "wait":
            await self.describe(await self.pc.createOffer())
        async for text in self.socket:
            await self.take(json.loads(text))

    def prefer(self):
        for transceiver in self.pc.getTransceivers():
            known = RTCRtpSender.getCapabilities(transceiver.kind).codecs
            wanted = [codec for codec in known if codec.mimeType in CODECS]
            if wanted:
                transceiver.setCodecPreferences(wanted)

    async def take(self, message):
        payload = message.pop("payload", None)
        say(**message)
        if message["type"] not in ("offer", "answer"):
            return
        # Before the tracks come.
        self.streams = streams_by_mid(payload["sdp"])
        await self.pc.setRemoteDescription(RTCSessionDescription(**payload))
        if message["type"] == "offer":
            await self.describe(await self.pc.createAnswer())

    def on_track(self, track):
        mid = next(each.mid for each in self.pc.getTransceivers() if each.receiver.track is track)
        task = asyncio.ensure_future(self.count(track, mid))
        self.tasks.add(task)
        task.add_done_callback(self.tasks.discard)

    async def count(self, track, mid):
        count = 0
        while True:
            try:
                frame = await track.recv()
            except MediaStreamError:
                return
            # A section is used again when somebody has left: whose it is may change.
            stream = self.streams.get(mid)
            if stream is None:
                continue
            of = self.received.setdefault(stream, {"frames": 0, "width": 0, "loud": 0})
            if track.kind == "video":
                of["frames"] += 1
                of["width"] = frame.width
            elif numpy.abs(frame.to_ndarray()).max() > 500:
                of["loud"] += 1
            count += 1
            if count % 10 == 0:
                say(type="received", streams=self.received)

    async def close(self):
        await self.send("leave")
        await self.pc.close()


async def main():
    loop = asyncio.get_running_loop()
    ended = loop.create_future()

    def end_with_input():
        sys.stdin.read()
        loop.call_soon_threadsafe(ended.set_result, None)

    threading.Thread(target=end_with_input, daemon=True).start()
    async with websockets.connect(URL) as socket:
        call = Call(socket)
        running = asyncio.ensure_future(call.run())
        await asyncio.wait({running, ended}, return_when=asyncio.FIRST_COMPLETED)
        if running.done():
            running.result()
            raise RuntimeError("the server closed the call")
        running.cancel()
        await call.close()


asyncio.run(main())
