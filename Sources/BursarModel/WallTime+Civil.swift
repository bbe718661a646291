package import BursarBasics

extension WallTime {
    package init(_ civil: CivilTime) { self.init(milliseconds: civil.milliseconds) }
}

extension CivilTime {
    package init(_ time: WallTime) { self.init(milliseconds: time.milliseconds) }
    package var wallTime: WallTime { WallTime(self) }
}
