"""A camera for Chromium that shows what a test wants: a video file whose one picture is replaced while it is played."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path

import qrcode  # type: ignore[import-untyped] # it has no types
from PIL import Image, ImageFilter

WIDTH, HEIGHT, TICKET_HEIGHT = 640, 480, 340
#: Y4M: one picture, which Chromium repeats; the color planes come after the gray one, at half the size each way.
_HEADER = f"YUV4MPEG2 W{WIDTH} H{HEIGHT} F15:1 Ip A1:1 C420jpeg\n".encode()
_FRAME = b"FRAME\n"
_COLORLESS = bytes([128]) * (WIDTH // 2 * (HEIGHT // 2) * 2)
#: A hall in dim light, seen by a cheap camera.
_BACKGROUND = 118


class FakeCamera:
    """The picture of a camera, in a file that Chromium reads again and again."""

    def __init__(self, path: Path) -> None:
        self.path = path
        path.write_bytes(_HEADER + _FRAME + bytes([_BACKGROUND]) * (WIDTH * HEIGHT) + _COLORLESS)

    @property
    def arguments(self) -> list[str]:
        """Options of Chromium that put this camera in place of all others."""
        return [
            "--use-fake-device-for-media-stream",
            "--use-fake-ui-for-media-stream",
            f"--use-file-for-fake-video-capture={self.path}",
        ]

    def show(self, text: str, *, angle: float = 8) -> None:
        """Hold a ticket with this QR code before the camera, tilted, and not quite sharp."""
        code = qrcode.QRCode(error_correction=qrcode.ERROR_CORRECT_M, box_size=4, border=4)
        code.add_data(text)
        code.make()
        self._hold(code.make_image().get_image(), angle)

    def show_image(self, image: bytes, *, angle: float = 8) -> None:
        """Hold an image of a ticket before the camera, as `show` does."""
        self._hold(Image.open(BytesIO(image)), angle)

    def _hold(self, image: Image.Image, angle: float) -> None:
        # Small enough that no corner leaves the picture, however it is turned.
        size = round(TICKET_HEIGHT * image.width / image.height), TICKET_HEIGHT
        ticket = image.convert("L").resize(size, Image.Resampling.LANCZOS)
        # Paper is not white, nor ink black, in such light.
        ticket = ticket.point(lambda level: 60 + level * 150 // 255).convert("LA")
        ticket = ticket.rotate(angle, Image.Resampling.BICUBIC, expand=True)
        picture = Image.new("L", (WIDTH, HEIGHT), _BACKGROUND)
        corner = ((WIDTH - ticket.width) // 2, (HEIGHT - ticket.height) // 2)
        picture.paste(ticket.getchannel(0), corner, ticket.getchannel(1))
        self._replace(picture.filter(ImageFilter.GaussianBlur(0.8)))

    def show_nothing(self) -> None:
        """Take the ticket away."""
        self._replace(Image.new("L", (WIDTH, HEIGHT), _BACKGROUND))

    def _replace(self, picture: Image.Image) -> None:
        with self.path.open("r+b") as video:
            video.seek(len(_HEADER) + len(_FRAME))
            video.write(picture.tobytes())
