import Foundation

#if canImport(Glibc)
  import Glibc
#endif

/// How much physical memory this process uses.
enum ProcessMemory {
  /// Bytes now, or 0 where the system does not say.
  static var current: Int { status("VmRSS:") ?? 0 }

  /// Bytes at most so far, or since `restartPeak` was last called. On Linux the usage record of the system is not asked: it may hold the peak of the program
  /// that started this one.
  static var peak: Int {
    #if os(Linux)
      return status("VmHWM:") ?? 0
    #else
      var usage = rusage()
      return getrusage(RUSAGE_SELF, &usage) == 0 ? Int(usage.ru_maxrss) : 0
    #endif
  }

  /// Keeps memory that was freed for the next long vector: clearing fresh pages of the system again and again took a tenth of the time
  /// of a proof. Only where the C library can be told to.
  static func keepFreed() {
    #if canImport(Glibc)
      // The Swift module of the library leaves mallopt out. SAFETY: C declares it as int mallopt(int, int).
      guard let symbol = dlsym(nil, "mallopt") else { return }
      let mallopt = unsafeBitCast(symbol, to: (@convention(c) (Int32, Int32) -> Int32).self)
      let arenaMax: Int32 = -8, mmapMax: Int32 = -4, trimThreshold: Int32 = -1
      // One heap, never mappings of their own, never given back.
      _ = mallopt(arenaMax, 1)
      _ = mallopt(mmapMax, 0)
      _ = mallopt(trimThreshold, .max)
    #endif
  }

  /// Lets `peak` count from now on, on Linux; nothing is done elsewhere, or where the system refuses.
  static func restartPeak() {
    #if os(Linux)
      // A peak that is too large is all that can come of it.
      try? Data("5".utf8).write(to: URL(fileURLWithPath: "/proc/self/clear_refs"))
    #endif
  }

  /// A field of /proc/self/status, in bytes.
  private static func status(_ field: String) -> Int? {
    guard let lines = FileManager.default.contents(atPath: "/proc/self/status") else { return nil }
    for line in String(decoding: lines, as: UTF8.self).split(separator: "\n") where line.hasPrefix(field) {
      return line.split(whereSeparator: \.isWhitespace).dropFirst().first.flatMap { Int($0) }.map { $0 * 1024 }
    }
    return nil
  }
}

extension Int {
  /// A number of bytes for people, in units of 1024.
  var formattedBytes: String {
    let kibibytes = Double(self) / 1024
    if kibibytes < 1 { return "\(self) B" }
    if kibibytes < 1024 { return String(format: "%.1f KiB", kibibytes) }
    return kibibytes < 1024 * 1024
      ? String(format: "%.1f MiB", kibibytes / 1024) : String(format: "%.2f GiB", kibibytes / (1024 * 1024))
  }
}

extension Double {
  /// Seconds for people.
  var formattedSeconds: String { String(format: self < 10 ? "%.2f s" : "%.1f s", self) }
  /// Rounded to milliseconds, for JSON.
  var milliseconds: Double { (self * 1000).rounded() / 1000 }
}
