"""An encoder that publishes by WHIP (RFC 9725), or a player that watches by WHEP: GStreamer's webrtcbin.

usage: gstreamer.py ENDPOINT vp8|h264|watch [TOKEN]

The encoder has test pictures and a test tone. Says `answered STATUS` and each connection state, a line each, and the
player `frames COUNT` and `loud COUNT` with every tenth picture decoded and piece of sound that is not silent. When its
input ends it ends the session and itself. The offer waits for all ICE candidates, as that of encoders without trickle ICE
does.
"""

import array
import os
import sys
import threading
import urllib.error
import urllib.parse
import urllib.request

import gi

gi.require_version("Gst", "1.0")
gi.require_version("GstWebRTC", "1.0")
gi.require_version("GstSdp", "1.0")
from gi.repository import GLib, Gst, GstSdp, GstWebRTC  # noqa: E402

ENDPOINT, ROLE, *REST = sys.argv[1:]
HEADERS = {"authorization": f"Bearer {REST[0]}"} if REST else {}
ENCODERS = {
    "vp8": "vp8enc deadline=1 keyframe-max-dist=30 ! rtpvp8pay picture-id-mode=2"
    " ! application/x-rtp,media=video,encoding-name=VP8,payload=96",
    "h264": "openh264enc gop-size=30 ! h264parse ! rtph264pay config-interval=1 aggregate-mode=zero-latency"
    " ! application/x-rtp,media=video,encoding-name=H264,payload=96",
}
ENCODER = f"""
    webrtcbin name=webrtc bundle-policy=max-bundle
    videotestsrc is-live=true ! video/x-raw,width=320,height=240,framerate=15/1 ! queue ! {ENCODERS.get(ROLE)} ! webrtc.
    audiotestsrc is-live=true ! audioconvert ! audioresample ! opusenc ! rtpopuspay
    ! application/x-rtp,media=audio,encoding-name=OPUS,payload=97 ! webrtc.
"""

# What the player takes, and how it comes to something that can be looked at.
RECEIVED = {
    "audio": (
        "OPUS,encoding-params=(string)2,clock-rate=48000,payload=97",
        "rtpopusdepay ! opusdec ! audioconvert ! audio/x-raw,format=S16LE",
    ),
    "video": ("VP8,clock-rate=90000,payload=96", "rtpvp8depay ! vp8dec"),
}

Gst.init(None)
if ROLE == "watch":
    pipeline = Gst.Pipeline.new(None)
    webrtc = Gst.ElementFactory.make("webrtcbin", "webrtc")
    webrtc.set_property("bundle-policy", GstWebRTC.WebRTCBundlePolicy.MAX_BUNDLE)
    pipeline.add(webrtc)
else:
    pipeline = Gst.parse_launch(ENCODER)
    webrtc = pipeline.get_by_name("webrtc")
loop = GLib.MainLoop()
session = None
# The bindings free what elements have taken over.
kept = []


def say(text):
    # In one piece: sound and pictures come on threads of their own, and `print` lets another in before the line's end.
    os.write(sys.stdout.fileno(), f"{text}\n".encode())


def offer(_element):
    if ROLE != "watch":
        for index in range(2):
            transceiver = webrtc.emit("get-transceiver", index)
            transceiver.set_property("direction", GstWebRTC.WebRTCRTPTransceiverDirection.SENDONLY)
    webrtc.emit("create-offer", None, Gst.Promise.new_with_change_func(offered))


def offered(promise, *_):
    promise.wait()
    reply = promise.get_reply()
    description = reply.get_value("offer")
    kept.extend([promise, reply, description])
    # Through text: what the reply holds is freed with it.
    set_description("local", GstWebRTC.WebRTCSDPType.OFFER, description.sdp.as_text())


def set_description(side, kind, text):
    _, message = GstSdp.SDPMessage.new()
    GstSdp.sdp_message_parse_buffer(text.encode(), message)
    description = GstWebRTC.WebRTCSessionDescription.new(kind, message)
    done = Gst.Promise.new()
    kept.extend([message, description, done])
    webrtc.emit(f"set-{side}-description", description, done)


def gathered(*_):
    complete = GstWebRTC.WebRTCICEGatheringState.COMPLETE
    if session is None and webrtc.get_property("ice-gathering-state") == complete:
        GLib.idle_add(post)


def post():
    global session
    if session is not None:
        return
    session = ""
    sdp = webrtc.get_property("local-description").sdp.as_text()
    request = urllib.request.Request(
        ENDPOINT, data=sdp.encode(), headers={**HEADERS, "content-type": "application/sdp"}, method="POST"
    )
    try:
        response = urllib.request.urlopen(request)
    except urllib.error.HTTPError as error:
        say(f"answered {error.code} {error.read().decode()}")
        loop.quit()
        return
    session = urllib.parse.urljoin(ENDPOINT, response.headers["location"])
    set_description("remote", GstWebRTC.WebRTCSDPType.ANSWER, response.read().decode())
    say(f"answered {response.status}")


def ask_for_media():
    for media, (codec, _) in RECEIVED.items():
        caps = Gst.Caps.from_string(f"application/x-rtp,media={media},encoding-name={codec}")
        webrtc.emit("add-transceiver", GstWebRTC.WebRTCRTPTransceiverDirection.RECVONLY, caps)


def play(_element, pad):
    if pad.direction != Gst.PadDirection.SRC:
        return
    media = pad.get_current_caps().get_structure(0).get_string("media")
    player = Gst.parse_bin_from_description(f"{RECEIVED[media][1]} ! fakesink name=end signal-handoffs=true", True)
    counts = {"frames": 0, "loud": 0}

    def count(_sink, buffer, _pad):
        name = "frames"
        if media == "audio":
            name = "loud"
            sound = array.array("h", buffer.extract_dup(0, buffer.get_size()))
            if max(map(abs, sound), default=0) < 500:
                return
        counts[name] += 1
        if counts[name] % 10 == 0:
            say(f"{name} {counts[name]}")

    player.get_by_name("end").connect("handoff", count)
    pipeline.add(player)
    player.sync_state_with_parent()
    pad.link(player.get_static_pad("sink"))


def end_with_input():
    sys.stdin.read()
    loop.quit()


webrtc.connect("on-negotiation-needed", offer)
webrtc.connect("notify::ice-gathering-state", gathered)
webrtc.connect("pad-added", play)
webrtc.connect("notify::connection-state", lambda *_: say(webrtc.get_property("connection-state").value_nick))
threading.Thread(target=end_with_input, daemon=True).start()
if ROLE == "watch":
    ask_for_media()
pipeline.set_state(Gst.State.PLAYING)
loop.run()
if session:
    urllib.request.urlopen(urllib.request.Request(session, headers=HEADERS, method="DELETE"))
pipeline.set_state(Gst.State.NULL)
