import Dispatch

/// Results of `body` for 0 ..< count in order, computed on all cores; the first error by index is thrown.
func concurrentMap<Result: Sendable>(
  _ count: Int, _ body: @Sendable (Int) throws -> Result
) throws -> [Result] {
  if count <= 1 { return try (0..<count).map(body) }
  var results = [Swift.Result<Result, any Error>?](repeating: nil, count: count)
  results.withUnsafeMutableBufferPointer { buffer in
    // SAFETY: every iteration writes only its own slot, and the buffer outlives concurrentPerform.
    nonisolated(unsafe) let slots = buffer
    DispatchQueue.concurrentPerform(iterations: count) { index in
      slots[index] = Swift.Result { try body(index) }
    }
  }
  return try results.map { result in
    guard let result else { preconditionFailure("Every iteration leaves a result.") }
    return try result.get()
  }
}
