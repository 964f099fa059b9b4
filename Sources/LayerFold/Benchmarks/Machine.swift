import Algebra
import Foundation

/// What a measurement ran on.
public struct Machine: Encodable, Equatable, Sendable {
  /// The processor's name, as far as the system tells.
  public let processor: String
  /// The code of the vector kernels: "AVX-512 IFMA" or "portable".
  public let kernels: String
  /// Processors used at most.
  public let threads: Int

  /// This machine.
  public static var current: Machine {
    let lines = FileManager.default.contents(atPath: "/proc/cpuinfo").map { String(decoding: $0, as: UTF8.self) } ?? ""
    let name = lines.split(separator: "\n").first { $0.hasPrefix("model name") }?.split(separator: ":").last
    return Machine(
      processor: name.map { $0.trimmingCharacters(in: .whitespaces) } ?? "unknown",
      kernels: KernelPath.current.rawValue, threads: Parallel.processorCount)
  }
}
