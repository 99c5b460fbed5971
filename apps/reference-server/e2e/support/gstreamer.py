"""An encoder that publishes by WHIP (RFC 9725): GStreamer's webrtcbin with test pictures and a test tone.

usage: gstreamer.py ENDPOINT vp8|h264 [TOKEN]

Says `answered STATUS` and then each connection state, a line each. When its input ends it ends the session and itself.
The offer waits for all ICE candidates, as that of encoders without trickle ICE does.
"""

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

ENDPOINT, CODEC, *REST = sys.argv[1:]
HEADERS = {"authorization": f"Bearer {REST[0]}"} if REST else {}
ENCODERS = {
    "vp8": "vp8enc deadline=1 keyframe-max-dist=30 ! rtpvp8pay picture-id-mode=2"
    " ! application/x-rtp,media=video,encoding-name=VP8,payload=96",
    "h264": "openh264enc gop-size=30 ! h264parse ! rtph264pay config-interval=1 aggregate-mode=zero-latency"
    " ! application/x-rtp,media=video,encoding-name=H264,payload=96",
}
PIPELINE = f"""
    webrtcbin name=webrtc bundle-policy=max-bundle
    videotestsrc is-live=true ! video/x-raw,width=320,height=240,framerate=15/1 ! queue ! {ENCODERS[CODEC]} ! webrtc.
    audiotestsrc is-live=true ! audioconvert ! audioresample ! opusenc ! rtpopuspay
    ! application/x-rtp,media=audio,encoding-name=OPUS,payload=97 ! webrtc.
"""

Gst.init(None)
pipeline = Gst.parse_launch(PIPELINE)
webrtc = pipeline.get_by_name("webrtc")
loop = GLib.MainLoop()
session = None
# The bindings free what elements have taken over.
kept = []


def say(text):
    print(text, flush=True)


def offer(_element):
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


def end_with_input():
    sys.stdin.read()
    loop.quit()


webrtc.connect("on-negotiation-needed", offer)
webrtc.connect("notify::ice-gathering-state", gathered)
webrtc.connect("notify::connection-state", lambda *_: say(webrtc.get_property("connection-state").value_nick))
threading.Thread(target=end_with_input, daemon=True).start()
pipeline.set_state(Gst.State.PLAYING)
loop.run()
if session:
    urllib.request.urlopen(urllib.request.Request(session, headers=HEADERS, method="DELETE"))
pipeline.set_state(Gst.State.NULL)
