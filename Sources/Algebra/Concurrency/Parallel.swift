import Dispatch

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// Work over index ranges on all processors: with `Aside` the one place where this package starts
/// concurrent work.
///
/// Ranges are contiguous, cover 0..<count in order and do not overlap. Results are returned in the order of the
/// ranges, so what is combined exactly does not depend on how many processors there are.
@usableFromInline package enum Parallel {
  /// Processors the system may run us on, at least 1.
  @usableFromInline package static let processorCount: Int = max(1, Int(sysconf(Int32(_SC_NPROCESSORS_ONLN))))

  /// Calls `body` once for each of a few contiguous ranges that cover `0..<count`, concurrently.
  ///
  /// - Parameter minimumChunk: indices below which a range is not worth a thread, chosen so that they take 50
  ///   microseconds or more; a count below twice that runs on the calling thread.
  @usableFromInline package static func forChunks(count: Int, minimumChunk: Int, body: @Sendable (Range<Int>) -> Void) {
    let chunks = chunkCount(count: count, minimumChunk: minimumChunk)
    guard chunks > 1 else {
      if count > 0 { body(0..<count) }
      return
    }
    DispatchQueue.concurrentPerform(iterations: chunks) { index in
      body(chunkRange(index, of: chunks, count: count))
    }
  }

  /// Calls `body` once for every index, concurrently; each index is a task of its own, for a few tasks of unequal length.
  @usableFromInline package static func forTasks(count: Int, body: @Sendable (Int) -> Void) {
    guard processorCount > 1 && count > 1 else { return (0..<count).forEach(body) }
    DispatchQueue.concurrentPerform(iterations: count, execute: body)
  }

  /// The results of `transform` on contiguous ranges that cover `0..<count`, in the order of the ranges.
  @inlinable package static func mapChunks<Result: Sendable>(
    count: Int, minimumChunk: Int, transform: @Sendable (Range<Int>) -> Result
  ) -> [Result] {
    let chunks = chunkCount(count: count, minimumChunk: minimumChunk)
    guard chunks > 1 else { return count > 0 ? [transform(0..<count)] : [] }
    return map(count: chunks, minimumChunk: 1) { transform(chunkRange($0, of: chunks, count: count)) }
  }

  /// The ranges' results combined in order, starting from `initial`; `combine` should be exact and associative.
  @inlinable package static func reduceChunks<Result: Sendable>(
    count: Int, minimumChunk: Int, into initial: Result, transform: @Sendable (Range<Int>) -> Result,
    combine: (inout Result, Result) -> Void
  ) -> Result {
    var result = initial
    for part in mapChunks(count: count, minimumChunk: minimumChunk, transform: transform) { combine(&result, part) }
    return result
  }

  /// Ranges used for `count` indices: up to four for each processor, each of `minimumChunk` indices or more.
  @inlinable package static func chunkCount(count: Int, minimumChunk: Int) -> Int {
    precondition(count >= 0 && minimumChunk > 0, "A count of at least 0 and a chunk of at least 1.")
    guard processorCount > 1 else { return min(count, 1) }
    return min(max(1, count / minimumChunk), processorCount * 4)
  }

  /// The range with this index when `count` indices are cut into `chunks` ranges whose lengths differ by at most 1.
  @inlinable package static func chunkRange(_ index: Int, of chunks: Int, count: Int) -> Range<Int> {
    let (length, longer) = count.quotientAndRemainder(dividingBy: chunks)
    let start = index * length + min(index, longer)
    return start..<(start + length + (index < longer ? 1 : 0))
  }
}
